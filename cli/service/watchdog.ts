/** The observer that keeps the service manager informed, and its watchdog fed as long as samples really come. */

import { formatBytes } from "../../model/format.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import { progressMessage } from "../monitor/progress_line.ts";
import { say } from "../output.ts";
import type { Observer } from "../sample_loop.ts";
import { ServiceNotifier } from "./notify.ts";

/** A loop that brought no sample for this many intervals hangs, even where timers still run. */
const MISSED_INTERVALS = 4;
const GRACE_SECONDS = 60;

export interface ReporterOptions {
  interval_seconds: number;
  /** null: until stopped. */
  duration_seconds: number | null;
}

export class ServiceReporter implements Observer {
  readonly #notifier: ServiceNotifier;
  readonly #options: ReporterOptions;
  readonly #begin = performance.now();
  #timer: ReturnType<typeof setInterval> | null = null;
  #lastSample = performance.now();
  #isReady = false;

  constructor(notifier: ServiceNotifier, options: ReporterOptions) {
    this.#notifier = notifier;
    this.#options = options;
    if (notifier.watchdog_seconds !== null) {
      this.#timer = setInterval(() => this.#feed(), notifier.watchdog_seconds * 1000);
      Deno.unrefTimer(this.#timer);
    }
  }

  /** null where no service manager listens, or where it cannot be told: then it says so and the watch goes on. */
  static fromEnvironment(options: ReporterOptions): ServiceReporter | null {
    try {
      const notifier = ServiceNotifier.fromEnvironment();
      return notifier && new ServiceReporter(notifier, options);
    } catch (error) {
      say(`cannot notify the service manager: ${error instanceof Error ? error.message : error}`, false);
      return null;
    }
  }

  async observe({ sample, findings }: Evaluation): Promise<void> {
    this.#lastSample = performance.now();
    const { duration_seconds } = this.#options;
    const elapsed = (performance.now() - this.#begin) / 1000;
    const memory = sample.memory
      ? `${formatBytes(sample.memory.available_bytes)} available`
      : "memory unknown";
    const words = progressMessage(elapsed, duration_seconds, memory, findings);
    await (this.#isReady ? this.#notifier.status(words) : this.#notifier.ready(words));
    this.#isReady = true;
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#notifier.stopping("writing the summary");
    this.#notifier.close();
  }

  async #feed(): Promise<void> {
    const silent = (performance.now() - this.#lastSample) / 1000;
    if (silent < MISSED_INTERVALS * this.#options.interval_seconds + GRACE_SECONDS) {
      await this.#notifier.alive();
    }
  }
}
