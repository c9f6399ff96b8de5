/**
 * Profiles one process without anybody's asking: the free methods, then those that the rules file allows for that program. Each in
 * a leakwatch of its own, so that sampling waits for nothing, and what goes wrong there, undoing included, stays there.
 */

import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import { allowedMethods } from "../../model/profile_methods.ts";
import { reasonOf } from "../../model/error_reason.ts";
import { ownCommand } from "../../profile/own_command.ts";
import type { Profile } from "../../profile/profile.ts";
import { runOwn } from "../../profile/run_own.ts";
import { readTarget } from "../../profile/target.ts";
import { ProfileError } from "../../profile/errors.ts";
import { parseOwnAnswer, profileWords } from "../profile/take.ts";
import { makeEvidence } from "./make_evidence.ts";
import type { DueProfile } from "./schedule.ts";

export interface EvidenceOptions {
  /** Length of each method's window. */
  seconds: number;
  /** Methods by program or runtime: RuleSet.profile. */
  allowed: Readonly<Record<string, readonly string[]>>;
  procRoot: string;
  sysRoot: string;
  signal: AbortSignal;
}

/** Beyond the windows of up to three methods: starting, symbols, undoing. */
const EXTRA_SECONDS = 90, MAX_STEPS = 3;
const MAX_ANSWER_BYTES = 4 << 20;
const MAX_SITES = 50;

/** Resolves when all that it started has ended; never throws. */
export async function takeEvidence(due: DueProfile, options: EvidenceOptions): Promise<ProfileEvidence> {
  const started_at = new Date().toISOString();
  const profiles: Profile[] = [];
  const errors: ProfileEvidence["errors"] = [];
  let runtime: string | null = null;
  try {
    const target = readTarget(due.pid, options.procRoot);
    if (target.start_ticks !== due.start_ticks) throw new ProfileError(`process ${due.pid} has ended`);
    runtime = target.runtime;
    const named = allowedMethods(options.allowed, target);
    for (const method of ["auto", ...named]) {
      if (options.signal.aborted) {
        errors.push({ method, message: "not profiled: the watch ended" });
        continue;
      }
      try {
        profiles.push(await runOne(due, method, options));
      } catch (error) {
        errors.push({ method, message: reasonOf(error) });
      }
    }
  } catch (error) {
    errors.push({ method: "auto", message: reasonOf(error) });
  }
  return makeEvidence(due, runtime, profiles, errors, { started_at, ended_at: new Date().toISOString() });
}

async function runOne(due: DueProfile, method: string, options: EvidenceOptions): Promise<Profile> {
  const { seconds } = options;
  const consent = method === "auto" ? 0 : 2;
  const { code, stdout, stderr, timed_out } = await runOwn({
    command: [
      ...ownCommand(),
      ...profileWords(due, { method, seconds, consent }),
      ...["--max-sites", String(MAX_SITES), "--proc-root", options.procRoot, "--sys-root", options.sysRoot],
    ],
    seconds: MAX_STEPS * seconds + EXTRA_SECONDS,
    max_stdout_bytes: MAX_ANSWER_BYTES,
    signal: options.signal,
  });
  if (timed_out && code !== 0) throw new ProfileError("took too long and was ended");
  return parseOwnAnswer(code, stdout, stderr);
}
