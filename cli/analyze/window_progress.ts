/** The line that stands on stderr while the window runs: time, what is watched, whom we suspect so far. */

import { formatCount, formatDuration, formatRate } from "../../model/format.ts";
import { safeText } from "../../model/safe_text.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Finding } from "../../model/finding.ts";
import { startProgress } from "../progress.ts";
import { truncate } from "../report/width.ts";
import type { Observer } from "../sample_loop.ts";

const REFRESH_MILLISECONDS = 1000;

export class WindowProgress implements Observer {
  readonly #begin = performance.now();
  readonly #bar: ReturnType<typeof startProgress>;
  readonly #timer: ReturnType<typeof setInterval>;
  #processes = 0;
  #findings: readonly Finding[] = [];

  constructor(readonly duration_seconds: number, quiet: boolean) {
    this.#bar = startProgress({ quiet });
    this.#timer = setInterval(() => this.#show(), REFRESH_MILLISECONDS);
    Deno.unrefTimer(this.#timer);
  }

  observe({ sample, findings }: Evaluation): void {
    this.#findings = findings;
    this.#processes = sample.processes.filter((process) => !process.is_kernel_thread).length;
    this.#show();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#bar.stop();
  }

  #show(): void {
    const elapsed = (performance.now() - this.#begin) / 1000;
    const suspects = suspectMessage(this.#findings);
    this.#bar.update(
      elapsed / this.duration_seconds,
      `watching ${formatDuration(Math.floor(elapsed))} of ${formatDuration(this.duration_seconds)} · ` +
        `${formatCount(this.#processes)} processes · ${suspects} · Ctrl-C reports now`,
    );
  }
}

/** "1 suspect: java +95 MiB/h". */
export function suspectMessage(findings: readonly Finding[]): string {
  const suspects = findings.filter((finding) => finding.verdict === "leak" || finding.verdict === "growing");
  const worst = suspects[0];
  if (!worst) return "no suspect";
  const rate = worst.rate_per_hour?.mid ?? null;
  const change = rate === null ? "" : ` +${formatRate(rate, worst.unit)}`;
  return `${suspects.length} suspect${suspects.length > 1 ? "s" : ""}: ${
    truncate(safeText(worst.subject.name), 20)
  }${change}`;
}
