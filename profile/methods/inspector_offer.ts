/** What every method that goes through the inspector needs, does and leaves. */

import { findTool } from "../find_tool.ts";
import { mayBeOpen, whyNotOpenable } from "../inspector/open.ts";
import type { MethodOffer } from "../method.ts";
import { unavailable } from "../method.ts";
import type { Target } from "../target.ts";

export const INSPECTOR_CONVERSATION = "lines about the debugger in the process's stderr";

/** The offer; `commands` is the conversation once connected. Reads only. */
export function describeInspector(
  target: Target,
  { consent, pause, slowdown, commands }: {
    consent: 1 | 2;
    pause: string;
    slowdown: string;
    commands: string[];
  },
): MethodOffer {
  const isOpen = mayBeOpen(target);
  const { pid, same_net } = target;
  const offer = {
    needs: [
      "root or the same user",
      ...(same_net ? [] : ["nsenter (package util-linux), to enter its network"]),
    ],
    consent,
    cost: { pause, slowdown, left_behind: `three ${INSPECTOR_CONVERSATION}` },
    undo:
      "inspector.close(), unless it was open before; while open, every local user may run code in the process through it",
    commands: [
      ...(same_net ? [] : [`nsenter --net=/proc/${pid}/ns/net leakwatch profile ${pid} …`]),
      ...(isOpen ? ["ask the sockets that belong to it for /json/version"] : []),
      `${isOpen ? "unless one is an inspector: " : ""}kill -USR1 ${pid}`,
      "connect to the socket that belongs to it; Runtime.evaluate process.pid",
      ...commands,
      "Runtime.evaluate inspector.close(), where it was opened",
    ],
  };
  const reason = isOpen ? null : whyNotOpenable(target);
  if (!same_net && findTool("nsenter") === null) {
    return unavailable(offer, "it has a network of its own and nsenter is missing; install util-linux");
  }
  if (!same_net && Deno.uid() !== 0) {
    return unavailable(
      offer,
      "it has a network of its own, which only root may enter; run leakwatch as root",
    );
  }
  return reason === null ? { ...offer, available: true, reason } : unavailable(offer, reason);
}
