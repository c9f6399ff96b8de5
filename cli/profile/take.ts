/** Takes a profile that was agreed to: here, or in the target's network namespace where a method connects to it. */

import { safeText } from "../../model/safe_text.ts";
import { ProfileError } from "../../profile/errors.ts";
import { ownCommand } from "../../profile/own_command.ts";
import type { Plan } from "../../profile/plan.ts";
import type { Profile } from "../../profile/profile.ts";
import { PARENT_VARIABLE, runOwn } from "../../profile/run_own.ts";
import { takeProfile } from "../../profile/take_profile.ts";
import { assertSame, type Target } from "../../profile/target.ts";
import { startProgress } from "../progress.ts";

export interface TakeAgreedOptions {
  /** Length of each method's window. */
  seconds: number;
  sysRoot: string;
  quiet: boolean;
  /** Ends the window early; what there is is still reported. */
  signal: AbortSignal;
}

/** A thousand sites with deep stacks for each worker have some MiB. */
const MAX_PROFILE_BYTES = 64 << 20;
/** What methods need beyond their window: snapshots of large heaps, symbols of large programs. */
const EXTRA_SECONDS = 600;

/** Takes the profile, with a line of progress for whoever waits. Throws ProfileError. */
export async function takeAgreed(target: Target, plan: Plan, options: TakeAgreedOptions): Promise<Profile> {
  const progress = startProgress(options);
  const began = performance.now();
  const update = (message: string) =>
    progress.update((performance.now() - began) / 1000 / options.seconds, safeText(message));
  try {
    if (plan.steps.some(({ method }) => method.connects) && !target.same_net) {
      update(`profiling ${target.name} (${target.pid}) in its own network`);
      return await takeInside(target, plan, options);
    }
    return await takeProfile(target, plan, {
      seconds: options.seconds,
      signal: stopWithParent(options.signal),
      progress: update,
    });
  } finally {
    progress.stop();
  }
}

/**
 * A container has a network of its own: its 127.0.0.1 is not ours. A second leakwatch runs inside the target's network
 * namespace; all else (processes, files) stays that of the host. It answers with the profile as JSON.
 */
async function takeInside(target: Target, plan: Plan, options: TakeAgreedOptions): Promise<Profile> {
  assertSame(target);
  const { code, stdout, stderr } = await runOwn({
    command: [
      ...ownCommand(),
      ...profileWords(target, {
        method: plan.is_named ? plan.steps[0]!.method.name : "auto",
        seconds: options.seconds,
        consent: plan.consent,
      }),
      ...["--proc-root", target.proc, "--sys-root", options.sysRoot, "--same-network"],
    ],
    network_namespace: `${target.proc}/${target.pid}/ns/net`,
    seconds: plan.steps.length * options.seconds + EXTRA_SECONDS,
    max_stdout_bytes: MAX_PROFILE_BYTES,
    signal: stopWithParent(options.signal),
  });
  return parseOwnAnswer(code, stdout, stderr);
}

/** Words of a command line that takes a profile without asking and prints it as JSON. */
export function profileWords(
  { pid, start_ticks }: Pick<Target, "pid" | "start_ticks">,
  { method, seconds, consent }: { method: string; seconds: number; consent: number },
): string[] {
  return [
    ...["profile", String(pid), "--start-ticks", String(start_ticks), "--format", "json", "--quiet"],
    ...["--for", `${seconds}s`, "--method", method],
    ...Array<string>(consent).fill("--yes"),
  ];
}

/** What a further leakwatch of ours answered. Throws ProfileError with its own line where it failed. */
export function parseOwnAnswer(code: number, stdout: Uint8Array, stderr: string): Profile {
  if (code !== 0) {
    const line = stderr.trim().split("\n").at(-1)!.replace(/^leakwatch: /, "");
    throw new ProfileError(line || `the profile ended with status ${code}`);
  }
  try {
    return JSON.parse(new TextDecoder().decode(stdout)) as Profile;
  } catch {
    throw new ProfileError("the profile was cut off; take a shorter one (--for)");
  }
}

/** A signal that also stops when the leakwatch that started this one has ended, so that nothing goes on unseen. */
function stopWithParent(signal: AbortSignal): AbortSignal {
  const parent = Number(Deno.env.get(PARENT_VARIABLE) ?? 0);
  if (parent === 0) return signal;
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const timer = setInterval(() => Deno.ppid === parent || stop(), 250);
  Deno.unrefTimer(timer);
  return controller.signal;
}
