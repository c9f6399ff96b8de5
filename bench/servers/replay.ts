/** Findings over a recording, as `monitor` had them while it was made and `analyze --from` has them: through the same pipeline. */
import { CONFIRMATIONS_WATCHING, createPipeline } from "../../cli/create_pipeline.ts";
import type { Sample } from "../../model/sample.ts";
import { Replay as Recorded, sessionsAt } from "../../store/replay.ts";
import type { Evaluation } from "./scoring/track.ts";

export interface ReplayOptions {
  /** Watching begins so many seconds after the recording did. */
  from_seconds: number;
  /** Seconds between evaluations. */
  every_seconds: number;
}

/**
 * Calls back in the order of time.
 *
 * @throws where the folder holds no session
 */
export async function replay(
  folder: string,
  { from_seconds, every_seconds }: ReplayOptions,
  onEvaluation: (evaluation: Evaluation) => void,
): Promise<void> {
  const { source, start } = open(folder);
  const pipeline = createPipeline({
    sampler: source,
    roots: null,
    rules: { rules: [], parameters: {}, quiet_hours: [], profile: {}, sinks: null },
    confirmations: CONFIRMATIONS_WATCHING,
    own_pid: source.session.info?.owner?.pid,
    findings_every_seconds: every_seconds,
  });
  let next = from_seconds + every_seconds;
  for await (const sample of source) {
    const seconds = sample.wall_seconds - start;
    if (seconds < from_seconds) continue;
    const { findings } = pipeline.evaluate(sample);
    if (seconds < next) continue;
    next += every_seconds * Math.ceil((seconds - next + 1e-3) / every_seconds);
    onEvaluation({ seconds, findings });
  }
}

/** Calls back for each sample from `fromSeconds` of the recording on; the sample is the same object each time. */
export async function eachSample(
  folder: string,
  fromSeconds: number,
  onSample: (sample: Sample) => void,
): Promise<void> {
  const { source, start } = open(folder);
  for await (const sample of source) if (sample.wall_seconds - start >= fromSeconds) onSample(sample);
}

function open(folder: string): { source: Recorded; start: number } {
  const [session] = sessionsAt(folder);
  if (!session) throw new Error(`${folder} holds no recorded session`);
  return { source: new Recorded(session), start: session.started_at_seconds };
}
