/** What rules of the scopes `self`, `log` and `sink` see: leakwatch itself. */

import type { OperationalError } from "../../../model/finding.ts";
import type { GrowthReading } from "../../../model/growth_reading.ts";
import { WatchedSeries } from "../../findings/watched_series.ts";
import { CounterRate } from "../rate.ts";

/** leakwatch's own use of the machine. */
export interface OwnUse {
  rss_bytes: number;
  /** User plus system, since the start. */
  cpu_seconds: number;
  /** Its growth is judged in scope `self` alone. */
  pid?: number;
  /** Series that found no place within the memory budget, and how often one was kept more coarsely for it. */
  series_refused?: number;
  series_coarsened?: number;
}

export class OwnFacts {
  /** Alerts for which there was no room. */
  alerts_turned_away = 0;
  #own: OwnUse | null = null;
  /** Of its resident memory: the detector watches what leaks, as of any process, and only where /proc shows this process. */
  readonly #rss = new WatchedSeries({ unit: "bytes" });
  readonly #cpu = new CounterRate();

  constructor(public growth_period_seconds: number) {}

  track(own: OwnUse | null, time: number, gap: boolean): void {
    this.#own = own;
    this.#rss.push(time, own?.rss_bytes ?? NaN);
    this.#cpu.add(time, own?.cpu_seconds ?? null, gap);
  }

  get growth(): GrowthReading {
    return this.#rss.growth(this.growth_period_seconds);
  }

  get rss_bytes() {
    return this.#own?.rss_bytes ?? NaN;
  }
  get cpu_percent() {
    return 100 * this.#cpu.per_second;
  }
  get series_refused() {
    return this.#own?.series_refused ?? NaN;
  }
  get series_coarsened() {
    return this.#own?.series_coarsened ?? NaN;
  }
  get growth_bytes() {
    return this.growth.rise;
  }
  get growth_percent() {
    return 100 * this.growth.ratio;
  }
  get growth_window_seconds() {
    return this.growth.window_seconds;
  }
}

export class ErrorFacts {
  error!: OperationalError;

  get name() {
    return this.error.name;
  }
  get why() {
    return this.error.why;
  }
  get failing() {
    return 1;
  }
}
