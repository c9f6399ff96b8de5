/** `leakwatch profile PID`: offers, consent, the profile, its report. */

import { ProfileError } from "../../profile/errors.ts";
import { offerMethods } from "../../profile/plan.ts";
import { safeText } from "../../model/safe_text.ts";
import { METHODS } from "../../profile/registry.ts";
import { readTarget } from "../../profile/target.ts";
import type { ProfileOptions } from "../commands/options.ts";
import { EXIT_DONE, UserError } from "../errors.ts";
import { say, useColor, writeStdout } from "../output.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { agree } from "./consent.ts";
import { renderOffers } from "./offers.ts";
import { openProfileOutput } from "./output.ts";
import { takeAgreed } from "./take.ts";

/** Runs the command; resolves to the exit code. Throws UserError. */
export async function profile(pid: number, options: ProfileOptions): Promise<number> {
  try {
    return await profileProcess(pid, options);
  } catch (error) {
    // What a process answered may stand in it.
    if (error instanceof ProfileError) throw new UserError(safeText(error.message));
    throw error;
  }
}

async function profileProcess(pid: number, options: ProfileOptions): Promise<number> {
  const target = readTarget(pid, options.procRoot);
  if (pid === Deno.pid) throw new UserError("leakwatch cannot profile itself; start a second one for that");
  if (options.startTicks !== undefined && options.startTicks !== target.start_ticks) {
    throw new ProfileError(`pid ${pid} is another process now; the one to profile has ended`);
  }
  const offered = await offerMethods(METHODS, target, options.for);
  if (options.dryRun) {
    writeStdout(renderOffers(target, offered, options.format ?? "text"));
    return EXIT_DONE;
  }
  const plan = agree(target, offered, options);
  if (options.sameNetwork && !target.same_net) {
    throw new UserError(`cannot enter the network namespace of process ${pid}; run leakwatch as root`);
  }
  const output = openProfileOutput(options);
  const stop = stopOnSignals(() => say("ending the window; Ctrl-C again quits", options.quiet));
  try {
    const taken = await takeAgreed(target, plan, { ...options, seconds: options.for, signal: stop.signal });
    await output.write(taken, useColor(options.color, Deno.stdout));
    return EXIT_DONE;
  } finally {
    stop.release();
    output.close();
  }
}
