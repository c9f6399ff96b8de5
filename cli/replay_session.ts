/** A recorded session through the same pipeline as the machine when it was recorded. */

import type { Evaluation } from "../model/evaluation.ts";
import { Replay } from "../store/replay.ts";
import type { SessionEntry } from "../store/catalog.ts";
import type { RuleSet } from "../rules/alerts/rule.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "./create_pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import { observeAll, type Observer } from "./sample_loop.ts";

/** All findings are asked for this often in the recording's time, and not more than so many times in all. */
const FINDINGS_SECONDS = 20, MAX_FINDINGS = 60;
const MAX_BUSY_MILLISECONDS = 25;
/** Where somebody waits for it. */
const CLASSIFIED_PER_SHOWN_SAMPLE = 8;

export interface ReplayedSession {
  readonly source: Replay;
  readonly pipeline: Pipeline;
  /** Hands each evaluation to the observers; resolves to what is known at the end, null without a sample. Once only. */
  run(observers: readonly Observer[]): Promise<Evaluation | null>;
}

/** `max_samples`: of a longer recording only so many, evenly spaced, are evaluated. */
export function replaySession(
  session: SessionEntry,
  rules: RuleSet,
  max_samples = Infinity,
): ReplayedSession {
  const seconds = (session.ended_at_seconds ?? Date.now() / 1000) - session.started_at_seconds;
  const source = new Replay(session, { every_seconds: seconds / max_samples });
  const pipeline = createPipeline({
    sampler: source,
    roots: null,
    rules,
    confirmations: CONFIRMATIONS_WATCHING,
    own_pid: session.info?.owner?.pid,
    classified_per_sample: max_samples < Infinity ? CLASSIFIED_PER_SHOWN_SAMPLE : undefined,
    findings_every_seconds: Math.max(FINDINGS_SECONDS, seconds / MAX_FINDINGS),
  });
  return {
    source,
    pipeline,
    async run(observers) {
      const samples = await observeAll(source, { pipeline, observers, last: letOthersRun() });
      if (samples === 0) return null;
      return { ...pipeline.evaluateOnce(source.sample), alerts: pipeline.engine.active() };
    },
  };
}

/** A replay computes from end to end: this keeps timers and requests from waiting for it. */
function letOthersRun(): Observer {
  let since = performance.now();
  return {
    async observe() {
      if (performance.now() - since < MAX_BUSY_MILLISECONDS) return;
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    },
  };
}
