/** What a boot's session has besides: its state at the first sample, events, comparison with earlier boots. */

import type { Roots } from "../../collectors/roots.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Sample } from "../../model/sample.ts";
import { usedBytes } from "../../store/derived_metrics.ts";
import type { SessionWriter } from "../../store/session_writer.ts";
import { buildAnalysis } from "../analyze/build_analysis.ts";
import { ownCost } from "../analyze/own_cost.ts";
import { WindowRecorder } from "../analyze/window_recorder.ts";
import type { Section } from "../report/document.ts";
import { renderText } from "../report/text.ts";
import type { SessionAddition } from "../monitor/session_logger.ts";
import { Activity } from "./activity.ts";
import { bootDocument } from "./boot_document.ts";
import { readBootFacts } from "../../collectors/kernel/boot_facts.ts";
import { compareWithEarlier, type Comparison, type EarlierBoot } from "./earlier_boots.ts";
import {
  type Baseline,
  baselineOf,
  eventSection,
  kernelGrowthSection,
  sinceBootSection,
} from "./growth_sections.ts";
import { formatEvent } from "../../collectors/kernel/system_event.ts";
import { SystemLog } from "./system_log.ts";

/** Minutes at which boots are compared. */
const MARKS = [1, 5, 10, 30, 60, 120];

export interface BootWatchOptions {
  roots: Roots;
  interval_seconds: number;
  /** Unix seconds at which the watch of this boot began, where an earlier start of the service knows it. */
  started_at_seconds: number | null;
  first_used_bytes: number | null;
  earlier: readonly EarlierBoot[];
}

export class BootWatch implements SessionAddition {
  readonly #options: BootWatchOptions;
  readonly #activity: Activity;
  readonly #log = new SystemLog();
  readonly #comparisons: Comparison[] = [];
  #baseline: Baseline | null = null;
  #sample: Sample | null = null;

  constructor(options: BootWatchOptions) {
    this.#options = options;
    this.#activity = new Activity(options.roots.proc);
  }

  async observe({ sample }: Evaluation, session: SessionWriter): Promise<void> {
    const isV1 = this.#sample === null;
    this.#sample = sample;
    this.#activity.observe();
    this.#baseline ??= baselineOf(sample);
    this.#compare(sample);
    if (isV1) session.replaceText("boot", this.#stateText(sample), sample.wall_seconds);
    const events = await this.#log.read(sample.host.boot_time_seconds);
    if (isV1) {
      const { source, why } = this.#log;
      session.writeLine(
        "system",
        source ? `# since boot, from ${source}` : `# events cannot be read: ${why}`,
      );
    }
    for (const event of events) session.writeLine("system", formatEvent(event));
    if (events.length > 0 || isV1) session.flush(sample.time_seconds, true);
  }

  close(): void {
    this.#log.close();
  }

  /** For the summary; nothing before the first sample. */
  sections(): Section[] {
    const sample = this.#sample, baseline = this.#baseline;
    if (!sample || !baseline) return [];
    return [
      sinceBootSection({
        sample,
        baseline,
        first_used_bytes: this.#options.first_used_bytes ?? usedBytes(baseline.memory),
        watched_seconds: this.#watchedSeconds(sample),
        comparisons: [...this.#comparisons, ...this.#comparisonNow(sample)],
        activity: this.#activity.message(),
      }),
      kernelGrowthSection(sample, baseline),
      eventSection(this.#log),
    ];
  }

  #watchedSeconds(sample: Sample): number {
    return sample.wall_seconds - (this.#options.started_at_seconds ?? this.#baseline!.wall_seconds);
  }

  /** Notes how this boot stands at each mark that it passes. */
  #compare(sample: Sample): void {
    if (!sample.memory || !this.#baseline) return;
    const seconds = this.#watchedSeconds(sample);
    const next = MARKS.find((mark) => mark * 60 > (this.#comparisons.at(-1)?.after_seconds ?? 0));
    if (next === undefined || seconds < next * 60) return;
    this.#comparisons.push(...this.#comparisonNow(sample));
  }

  #comparisonNow(sample: Sample): Comparison[] {
    if (!sample.memory || !this.#baseline || this.#watchedSeconds(sample) < MARKS[0]! * 60) return [];
    const { earlier, interval_seconds } = this.#options;
    const slack = Math.max(60, 2 * interval_seconds);
    const found = compareWithEarlier(
      this.#watchedSeconds(sample),
      usedBytes(sample.memory),
      earlier,
      slack,
    );
    const last = this.#comparisons.at(-1);
    return found && found.after_seconds !== last?.after_seconds ? [found] : [];
  }

  #stateText(sample: Sample): string {
    const recorder = new WindowRecorder();
    recorder.record(sample);
    const analysis = buildAnalysis({
      sample,
      recorder,
      findings: [],
      verdictOf: () => null,
      alerts: [],
      mappings: [],
      interval_seconds: this.#options.interval_seconds,
      ended_early: false,
      top: 15,
      pids: [],
      own: ownCost(sample.collectors),
    });
    return renderText(bootDocument(analysis, readBootFacts(this.#options.roots)), { color: false });
  }
}
