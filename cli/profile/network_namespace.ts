/**
 * A container has a network of its own: its 127.0.0.1 is not ours. A method that connects is run by a second leakwatch inside
 * the target's network namespace; all else (processes, files) stays that of the host.
 */

import { ownCommand } from "../../profile/own_command.ts";
import { runInNetworkNamespace } from "../../profile/run_tool.ts";
import { assertSame, type Target } from "../../profile/target.ts";
import type { ProfileOptions } from "../commands/options.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { UserError } from "../errors.ts";

/** Set for the inner one: the pid of the outer, and proof that it already has been moved. */
const PARENT_VARIABLE = "LEAKWATCH_PROFILE_PARENT";

/** Runs this same command inside; resolves to its exit code. */
export async function runInNamespaceOf(
  target: Target,
  options: ProfileOptions,
  consent: number,
): Promise<number> {
  if (Deno.env.has(PARENT_VARIABLE)) {
    throw new UserError(`cannot enter the network namespace of process ${target.pid}; run leakwatch as root`);
  }
  assertSame(target);
  Deno.env.set(PARENT_VARIABLE, String(Deno.pid));
  // The terminal's Ctrl-C reaches the inner one too, which still reports.
  const stop = stopOnSignals();
  const inner = runInNetworkNamespace(`${target.proc}/${target.pid}/ns/net`, [
    ...ownCommand(),
    "profile",
    String(target.pid),
    ...["--for", `${options.for}s`, "--method", options.method, "--top", String(options.top)],
    ...(options.format ? ["--format", options.format] : []),
    ...(options.output ? ["--output", options.output] : []),
    ...["--proc-root", options.procRoot, "--sys-root", options.sysRoot],
    ...(options.quiet ? ["--quiet"] : []),
    ...(options.color ? [] : ["--no-color"]),
    ...Array<string>(consent).fill("--yes"),
  ]);
  return await inner.finally(stop.release);
}

/** In the inner one: a signal that also stops when the outer has ended, so that nothing goes on unseen. */
export function stopWithParent(signal: AbortSignal): AbortSignal {
  const parent = Number(Deno.env.get(PARENT_VARIABLE) ?? 0);
  if (parent === 0) return signal;
  const controller = new AbortController();
  signal.addEventListener("abort", () => controller.abort());
  const timer = setInterval(() => Deno.ppid === parent || controller.abort(), 250);
  Deno.unrefTimer(timer);
  return controller.signal;
}
