/** The line on a terminal while a session runs: elapsed, left, memory now, suspects so far. */

import { formatBytes, formatDuration, formatRatio } from "../../model/format.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Finding } from "../../model/finding.ts";
import { suspectMessage } from "../analyze/window_progress.ts";
import { type Progress, startProgress } from "../progress.ts";
import type { Observer } from "../sample_loop.ts";

const REFRESH_MILLISECONDS = 1000;

export interface ProgressLineOptions {
  /** null: until stopped. */
  duration_seconds: number | null;
  quiet: boolean;
}

export class ProgressLine implements Observer {
  readonly #options: ProgressLineOptions;
  readonly #begin = performance.now();
  #progress: Progress;
  readonly #timer: ReturnType<typeof setInterval>;
  #memory = "";
  #findings: readonly Finding[] = [];

  constructor(options: ProgressLineOptions) {
    this.#options = options;
    this.#progress = startProgress(options);
    this.#timer = setInterval(() => this.#show(), REFRESH_MILLISECONDS);
    Deno.unrefTimer(this.#timer);
  }

  observe({ sample: { memory }, findings }: Evaluation): void {
    this.#findings = findings;
    this.#memory = memory
      ? `${formatBytes(memory.available_bytes)} available (${
        formatRatio(memory.available_bytes / memory.total_bytes)
      })`
      : "memory unknown";
    this.#show();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#progress.stop();
  }

  #show(): void {
    const { duration_seconds: duration } = this.#options;
    const elapsed = (performance.now() - this.#begin) / 1000;
    this.#progress.update(
      duration === null ? 0 : elapsed / duration,
      progressMessage(elapsed, duration, this.#memory, this.#findings),
    );
  }
}

/** "12 min of 2 h · 1 h 48 min left · 4.6 GiB available (29 %) · 1 suspect: java +95 MiB/h". */
export function progressMessage(
  elapsed: number,
  duration: number | null,
  memory: string,
  findings: readonly Finding[],
): string {
  const time = duration === null
    ? `${formatDuration(Math.floor(elapsed))}, until Ctrl-C`
    : `${formatDuration(Math.floor(elapsed))}, ${
      formatDuration(Math.max(0, Math.ceil(duration - elapsed)))
    } left`;
  return [time, memory, suspectMessage(findings)].filter(Boolean).join(" · ");
}
