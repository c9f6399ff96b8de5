import { formatAmount, formatSpan } from "../../model/format.ts";
import type { Finding, RatePerHour } from "../../model/finding.ts";
import { type Assessment } from "../detector/mod.ts";
import type { ProcessSeries } from "./process_series.ts";

/** One life of a program in a unit or container, from when we saw it until it ended. */
interface Life {
  grew: boolean;
  leaked: boolean;
  rate: RatePerHour;
  seconds: number;
}

/** RestartHistory that must all have grown before it is a leak that restarts hide. */
const LIVES = 3;
/** Older lives are forgotten. */
const KEPT = 8;

export interface RestartHistoryJson {
  histories: [key: string, lives: Life[]][];
}

/**
 * Remembers how the programs of a unit (or container) ended: a service that is restarted every hour and leaks each time
 * never grows for long, and yet it leaks.
 */
export class RestartHistory {
  readonly #histories = new Map<string, Life[]>();

  /** Records the end of a process with the last verdict on its memory. */
  ended(process: ProcessSeries, assessment: Assessment | null): void {
    const home = process.subject.unit ?? process.subject.container;
    if (home === null || !assessment?.rate_per_hour) return;
    const key = JSON.stringify([process.subject.unit, process.subject.container, process.subject.name]);
    const lives = this.#histories.get(key) ?? [];
    const leaked = assessment.verdict === "leak";
    lives.push({
      grew: leaked || assessment.verdict === "growing",
      leaked,
      rate: assessment.rate_per_hour,
      seconds: assessment.window_seconds,
    });
    // A map keeps the order of insertion: told again, a story moves to the end, and the stalest falls off the front.
    this.#histories.delete(key);
    this.#histories.set(key, lives.slice(-KEPT));
    if (this.#histories.size > 500) this.#histories.delete(this.#histories.keys().next().value!);
  }

  /** Leaks that show only over several lives, without severity and next step. */
  findings(): Omit<Finding, "severity" | "next_step">[] {
    const found: Omit<Finding, "severity" | "next_step">[] = [];
    for (const [key, lives] of this.#histories) {
      const recent = lives.slice(-LIVES);
      if (
        recent.length < LIVES || !recent.every((life) => life.grew) || !recent.some((life) => life.leaked)
      ) continue;
      const [unit, container, name] = JSON.parse(key) as [string | null, string | null, string];
      const mids = recent.map((life) => life.rate.mid).sort((a, b) => a - b);
      const mid = mids[Math.trunc(mids.length / 2)]!, low = mids[0]!, high = mids.at(-1)!;
      const shortest = Math.min(...recent.map((life) => life.seconds));
      found.push({
        kind: unit === null ? "container-memory" : "unit-memory",
        subject: { pid: null, start_ticks: null, name, unit, container },
        verdict: "leak",
        confidence: 0.9,
        rate_per_hour: { low, mid, high },
        unit: "bytes",
        time_to_limit_seconds: null,
        evidence:
          `each of the last ${recent.length} lives of ${name} grew, by ${formatAmount(low, "bytes")} to ` +
          `${formatAmount(high, "bytes")} an hour for ${
            formatSpan(shortest)
          } and more, until it ended and began anew`,
      });
    }
    return found;
  }

  clear(): void {
    this.#histories.clear();
  }

  toJSON(): RestartHistoryJson {
    return { histories: [...this.#histories] };
  }

  static fromJSON(json: RestartHistoryJson): RestartHistory {
    const lives = new RestartHistory();
    for (const [key, story] of json.histories) lives.#histories.set(key, story);
    return lives;
  }
}
