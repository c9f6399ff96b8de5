/** `leakwatch profile PID`: offers, consent, the profile, its report. */

import { ProfileError } from "../../profile/errors.ts";
import { offerMethods, type Plan, planSteps } from "../../profile/plan.ts";
import type { ConsentLevel } from "../../profile/method.ts";
import { METHODS } from "../../profile/registry.ts";
import { takeProfile } from "../../profile/take_profile.ts";
import { readTarget, type Target } from "../../profile/target.ts";
import type { ProfileOptions } from "../commands/options.ts";
import { EXIT_DONE, UserError } from "../errors.ts";
import { say, useColor, writeStdout } from "../output.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { askConsent, canAsk } from "./consent.ts";
import { runInNamespaceOf, stopWithParent } from "./network_namespace.ts";
import { renderOffers } from "./offers.ts";
import { openProfileOutput } from "./output.ts";

/** Runs the command; resolves to the exit code. Throws UserError. */
export async function profile(pid: number, options: ProfileOptions): Promise<number> {
  try {
    return await profileProcess(pid, options);
  } catch (error) {
    if (error instanceof ProfileError) throw new UserError(error.message);
    throw error;
  }
}

async function profileProcess(pid: number, options: ProfileOptions): Promise<number> {
  const target = readTarget(pid, options.procRoot);
  if (pid === Deno.pid) throw new UserError("leakwatch cannot profile itself; start a second one for that");
  const offered = await offerMethods(METHODS, target, options.for);
  if (options.dryRun) {
    writeStdout(renderOffers(target, offered, options.format ?? "text"));
    return EXIT_DONE;
  }
  const plan = agree(target, offered, options);
  if (plan.steps.some(({ method }) => method.connects) && !target.same_net) {
    return await runInNamespaceOf(target, options, plan.consent);
  }
  const output = openProfileOutput(options);
  const stop = stopOnSignals(() => say("ending the window; Ctrl-C again quits", options.quiet));
  const progress = startProgress({ quiet: options.quiet });
  try {
    const began = performance.now();
    const signal = stopWithParent(stop.signal);
    const taken = await takeProfile(target, plan, {
      seconds: options.for,
      signal,
      progress: (message) => progress.update((performance.now() - began) / 1000 / options.for, message),
    });
    progress.stop();
    await output.write(taken, useColor(options.color, Deno.stdout));
    return EXIT_DONE;
  } finally {
    progress.stop();
    stop.release();
    output.close();
  }
}

/** The plan with what --yes allows, or more where the person at the terminal agrees. */
function agree(target: Target, offered: Parameters<typeof planSteps>[0], options: ProfileOptions): Plan {
  const given = Math.min(options.yes, 2) as ConsentLevel;
  if (!canAsk()) return planSteps(offered, options.method, given);
  const wanted = planSteps(
    offered,
    options.method,
    options.method === "auto" ? Math.max(given, 1) as ConsentLevel : 2,
  );
  if (wanted.consent <= given) return wanted;
  if (askConsent(target, wanted)) return wanted;
  if (options.method !== "auto") throw new UserError("nothing was done");
  return planSteps(offered, options.method, given);
}
