/** A recorded session through the same pipeline as the machine when it was recorded. */

import { Replay } from "../store/replay.ts";
import type { SessionEntry } from "../store/catalog.ts";
import type { RuleSet } from "../rules/alerts/rule.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "./create_pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import { observeAll, type Observer } from "./sample_loop.ts";

/** All findings are asked for this often in the recording's time, and not more than so many times in all. */
const FINDINGS_SECONDS = 20, MAX_FINDINGS = 200;

export interface ReplayedSession {
  readonly source: Replay;
  readonly pipeline: Pipeline;
  /** Hands each evaluation to the observers; resolves to the number of samples. Once only. */
  run(observers: readonly Observer[]): Promise<number>;
}

export function replaySession(session: SessionEntry, rules: RuleSet): ReplayedSession {
  const source = new Replay(session);
  const seconds = (session.ended_at_seconds ?? Date.now() / 1000) - session.started_at_seconds;
  const pipeline = createPipeline({
    sampler: source,
    roots: null,
    rules,
    confirmations: CONFIRMATIONS_WATCHING,
    own_pid: session.info?.owner?.pid,
    findings_every_seconds: Math.max(FINDINGS_SECONDS, seconds / MAX_FINDINGS),
  });
  return { source, pipeline, run: (observers) => observeAll(source, { pipeline, observers }) };
}
