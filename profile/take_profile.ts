/** Runs a plan under all guards: lock, watchdog, limits, undo in every end. */

import { ProfileError } from "./errors.ts";
import { allowedBytes, MAX_SECONDS, MIN_SECONDS } from "./guards/limits.ts";
import { lockPath, takeLock } from "./guards/lock.ts";
import { UndoList } from "./guards/undo_list.ts";
import { startWatchdog } from "./guards/watchdog.ts";
import type { FreeMethod } from "./methods/free_reading.ts";
import { descriptors } from "./methods/descriptors.ts";
import { jvmCounters } from "./methods/jvm_counters.ts";
import { smaps } from "./methods/smaps.ts";
import type { Method, MethodOffer, RunOptions } from "./method.ts";
import type { Plan } from "./plan.ts";
import { answersGrowth, orderResults, type Profile, profiledProcess } from "./profile.ts";
import type { ProfileResult } from "./result.ts";
import { RUN_ID } from "./run_id.ts";
import { assertSame, isSame, type Target } from "./target.ts";

export interface TakeOptions {
  /** Length of each method's window. */
  seconds: number;
  /** Ends the window early; what there is is still reported. */
  signal: AbortSignal;
  progress(message: string): void;
}

/** Takes the profile. Throws ProfileError where not one method had a result. */
export async function takeProfile(target: Target, plan: Plan, options: TakeOptions): Promise<Profile> {
  const seconds = Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, options.seconds));
  const profile: Profile = {
    schema: "leakwatch.profile/1",
    process: profiledProcess(target),
    started_at: new Date().toISOString(),
    results: [],
    errors: [],
    declined: plan.declined.map(({ method, offer }) => ({
      method: method.name,
      title: method.title,
      pause: offer.cost.pause,
    })),
  };
  const left = await guarded(target, async (undo, directory) => {
    const endBeside = beginBeside(target, plan);
    for (const { method, offer } of plan.steps) {
      if (profile.results.some(answersGrowth)) break;
      if (options.signal.aborted && profile.results.length > 0) break;
      if (isSpare(method, offer, plan, profile)) continue;
      const run: RunOptions = {
        ...options,
        seconds,
        max_bytes: allowedBytes(directory),
        consent: offer.consent,
        undo,
        directory,
      };
      try {
        assertSame(target);
        profile.results.push(...await method.run(target, run));
        assertSame(target);
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
        profile.errors.push({ method: method.name, message: await reasonOfFailure(target, error) });
      }
    }
    profile.results.push(...endBeside());
  });
  if (left.length > 0) profile.errors.push({ method: "undo", message: `left behind: ${left.join("; ")}` });
  const recorded = profile.results.some(({ method }) =>
    plan.steps.some((step) => step.method.name === method)
  );
  if (!recorded && (plan.is_named || profile.results.length === 0)) {
    const messages = profile.errors.map(({ message }) => message);
    throw new ProfileError(messages.join("; ") || "nothing was recorded");
  }
  profile.results = orderResults(profile.results);
  return profile;
}

/** A process that is killed closes its connections a moment before it is a zombie: a lost one is told as its end. */
async function reasonOfFailure(target: Target, { message }: ProfileError): Promise<string> {
  for (let tries = 0; tries < 4; tries++) {
    if (!isSame(target)) {
      return /has ended/.test(message) ? message : `process ${target.pid} has ended: ${message}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return message;
}

/** Whether another method that asks has told of the heap already: the next one stands by in case that fails. */
function isSpare(method: Method, offer: MethodOffer, plan: Plan, profile: Profile): boolean {
  if (offer.consent === 0 || method.layer === "outside") return false;
  return plan.steps.some((step) =>
    step.method !== method && step.offer.consent > 0 && step.method.layer !== "outside" &&
    profile.results.some((result) => result.method === step.method.name)
  );
}

/** Free readings that tell heap from the rest, and memory from descriptors, in the seconds of all methods together. */
const BESIDE: readonly FreeMethod[] = [smaps, descriptors, jvmCounters];

/** What cannot be read is left out: the methods may still tell, and have said so where the process has ended. */
function beginBeside(target: Target, plan: Plan): () => ProfileResult[] {
  const attempt = <T>(read: () => T): T[] => {
    try {
      return [read()];
    } catch {
      return [];
    }
  };
  const ends = BESIDE
    .filter((method) => method.appliesTo(target) && plan.steps.every((step) => step.method !== method))
    .flatMap(({ begin }) => attempt(() => begin(target)));
  return () =>
    ends.flatMap((end) => attempt(end)).filter(({ method, sites }) =>
      method === smaps.name || sites.length > 0
    );
}

/**
 * Runs `deed` with the target locked, the watchdog up and a private directory; undoes in every end. Resolves to what could not
 * be undone.
 */
async function guarded(
  target: Target,
  deed: (undo: UndoList, directory: string) => Promise<void>,
): Promise<string[]> {
  const watchdog = await startWatchdog();
  const undo = new UndoList(watchdog);
  const left: string[] = [];
  try {
    const lock = lockPath(target);
    await undo.register({ kind: "release-lock", path: lock, run: RUN_ID });
    takeLock(lock, target, RUN_ID, [Deno.pid, watchdog.pid]);
    const directory = `${temporaryDirectory()}/leakwatch-profile-${RUN_ID}`;
    await undo.register({ kind: "remove-directory", path: directory });
    Deno.mkdirSync(directory, { mode: 0o700 });
    await deed(undo, directory);
  } catch (error) {
    const left = await undo.performAll();
    if (left.length === 0 || !(error instanceof ProfileError)) throw error;
    throw new ProfileError(`${error.message}; left behind: ${left.join("; ")}`);
  } finally {
    left.push(...await undo.performAll());
    await watchdog.close();
  }
  return left;
}

/** On a disk where there is one: records in memory would add to what is being measured. */
function temporaryDirectory(): string {
  for (const directory of ["/var/tmp", "/tmp"]) {
    try {
      if (Deno.statSync(directory).isDirectory) return directory;
    } catch {
      // Minimal containers lack one or the other.
    }
  }
  throw new ProfileError("needs /var/tmp or /tmp for its records");
}
