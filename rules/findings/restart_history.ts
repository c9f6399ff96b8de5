import { formatAmount, formatSpan } from "../../model/format.ts";
import type { RatePerHour } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";
import type { ProcessSeries } from "./process_series.ts";
import type { Candidate } from "./candidate.ts";

/** One run of a program in a unit or container, from when it was first seen until it ended. */
interface Run {
  leaked: boolean;
  grew: boolean;
  rate: RatePerHour;
  seconds: number;
  ended_at_seconds: number;
}

/** Runs that must all have grown before it is a leak that restarts hide. */
const MIN_RUNS = 3;
const MAX_RUNS = 8, MAX_PROGRAMS = 500;
/** Without a further run for this long the program was fixed, or is not started any more. */
const EXPIRY_SECONDS = 12 * 3600;
/**
 * The next run follows within this time where a service is restarted. A batch job ends by itself and is started by a timer: its
 * pauses are as long as its schedule.
 */
const RESTART_SECONDS = 120;

export interface RestartHistoryJson {
  programs: [key: string, runs: Run[]][];
}

/**
 * How the programs of a unit (or container) ended: a service that is restarted every hour and leaks each time never grows for
 * long, and yet it leaks. Keyed by unit, or by the container's name: its id changes with each restart.
 */
export class RestartHistory {
  readonly #programs = new Map<string, Run[]>();

  /** Records the end of a process with the last assessment of its memory; a run that did not grow clears the program's history. */
  ended(
    process: ProcessSeries,
    assessment: Assessment | null,
    containerName: string | null,
    now: number,
  ): void {
    const { unit, container, name } = process.subject;
    const where = container === null ? unit : containerName ?? container;
    if (where === null) return;
    const key = JSON.stringify([container === null ? unit : null, container === null ? null : where, name]);
    const grew = assessment?.verdict === "leak" || assessment?.verdict === "growing";
    if (!assessment?.rate_per_hour || !grew) {
      // Too short a run to be assessed says nothing; one that was level says that the program is well.
      if (assessment && assessment.verdict !== "insufficient-data") this.#programs.delete(key);
      return;
    }
    const runs = (this.#programs.get(key) ?? []).filter((run) => now - run.ended_at_seconds < EXPIRY_SECONDS);
    const pause = runs.length ? now - assessment.window_seconds - runs.at(-1)!.ended_at_seconds : 0;
    // It was not running in between: a job of its own, not a restart of the one before.
    if (pause > RESTART_SECONDS) runs.length = 0;
    runs.push({
      leaked: assessment.verdict === "leak",
      grew,
      rate: assessment.rate_per_hour,
      seconds: assessment.window_seconds,
      ended_at_seconds: now,
    });
    // A map keeps the order of insertion: a program that ended again moves to the end, and the stalest falls off the front.
    this.#programs.delete(key);
    this.#programs.set(key, runs.slice(-MAX_RUNS));
    if (this.#programs.size > MAX_PROGRAMS) this.#programs.delete(this.#programs.keys().next().value!);
  }

  /** Leaks that show only over several runs. */
  candidates(now: number): Candidate[] {
    const found: Candidate[] = [];
    for (const [key, runs] of this.#programs) {
      const recent = runs.slice(-MIN_RUNS), last = recent.at(-1)!;
      if (recent.length < MIN_RUNS || !recent.some((run) => run.leaked)) continue;
      // Started again long ago and not ended since: the present run speaks for itself.
      if (
        now - last.ended_at_seconds > Math.min(
          EXPIRY_SECONDS,
          3 * Math.max(...recent.map((run) => run.seconds)),
        )
      ) {
        continue;
      }
      const [unit, container, name] = JSON.parse(key) as [string | null, string | null, string];
      const mids = recent.map((run) => run.rate.mid).sort((a, b) => a - b);
      const mid = mids[Math.trunc(mids.length / 2)]!, low = mids[0]!, high = mids.at(-1)!;
      const shortest = Math.min(...recent.map((run) => run.seconds));
      found.push({
        kind: unit === null ? "container-memory" : "unit-memory",
        subject: { pid: null, start_ticks: null, name, unit, container },
        verdict: "leak",
        probability: 0.9,
        confidence: 0.9,
        rate_per_hour: { low, mid, high },
        unit: "bytes",
        time_to_limit_seconds: null,
        evidence: `each of its last ${recent.length} runs grew, by ${formatAmount(low, "bytes")} to ` +
          `${formatAmount(high, "bytes")} per hour for ${
            formatSpan(shortest)
          } and more, until it was restarted`,
      });
    }
    return found;
  }

  clear(): void {
    this.#programs.clear();
  }

  toJSON(): RestartHistoryJson {
    return { programs: [...this.#programs] };
  }

  static fromJSON(json: RestartHistoryJson): RestartHistory {
    const history = new RestartHistory();
    for (const [key, runs] of json.programs ?? []) history.#programs.set(key, runs);
    return history;
  }
}
