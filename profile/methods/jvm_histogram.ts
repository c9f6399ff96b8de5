/** Class histogram twice through the attach mechanism: which class grows. Needs no JDK. */

import type { Method, MethodOffer } from "../method.ts";
import { waitWindow } from "../growth.ts";
import { readAttachRefusal } from "../jvm/attach.ts";
import { beginHeapGrowth, heapWarnings } from "../jvm/heap_growth.ts";
import { makeResult } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { sitesOfGrowth } from "../type_growth.ts";

export const jvmHistogram: Method = {
  name: "jvm-histogram",
  title: "which class has more instances than before, and what grows with it",
  rank: 12,
  appliesTo: ({ runtime }) => runtime === "jvm",
  describe: (target) =>
    attachOffer(target, {
      cost: {
        pause: "two full collections of the heap: 150 ms for 200 MiB, seconds for many GiB",
        slowdown: "none",
        left_behind: ATTACH_SOCKET,
      },
      undo: "nothing to undo: the file that asks for the socket is removed at once",
      commands: [
        ...attachCommands(target),
        "over the socket: jcmd GC.class_histogram",
        "wait",
        "over the socket: jcmd GC.class_histogram",
      ],
    }),
  async run(target, options) {
    options.progress("first class histogram (a full collection)");
    const end = await beginHeapGrowth(target);
    await waitWindow(options.seconds, options.signal);
    options.progress("second class histogram (a full collection)");
    const growth = await end();
    assertSame(target);
    const sites = sitesOfGrowth(growth.types);
    return [makeResult(jvmHistogram.name, target, {
      seconds: growth.seconds,
      growth_bytes: growth.growth_bytes,
      growth_source: "heap",
      meaning: "instance-growth",
      sites,
      cost: { pause_ms: growth.pause_ms, slowdown: null, left_behind: [ATTACH_SOCKET] },
      warnings: heapWarnings(growth),
    })];
  },
};

export const ATTACH_SOCKET = "the JVM's attach socket in its /tmp until it ends, as after any jcmd";

/** What every method over the attach mechanism sends first; also its --dry-run. */
export function attachCommands({ pid, ns_pid, same_mnt }: Target): string[] {
  const tmp = same_mnt ? "/tmp" : `/proc/${pid}/root/tmp`;
  return [
    `unless ${tmp}/.java_pid${ns_pid} is there: make ${tmp}/.attach_pid${ns_pid}, kill -QUIT ${pid}, remove it`,
  ];
}

/** An offer of a method over the attach mechanism. */
export function attachOffer(
  target: Target,
  offer: Pick<MethodOffer, "cost" | "undo" | "commands">,
): MethodOffer {
  const reason = readAttachRefusal(target);
  return {
    available: reason === null,
    reason,
    needs: ["a HotSpot JVM", "root or the same user"],
    consent: 1,
    ...offer,
  };
}
