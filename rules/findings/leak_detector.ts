import { formatAmount } from "../../model/format.ts";
import type { Sample } from "../../model/sample.ts";
import type { Finding, FindingKind, Subject, TimeToLimit, Unit } from "../../model/finding.ts";
import { type Assessment } from "../detector/mod.ts";
import { annotation } from "./annotations.ts";
import { CgroupContexts } from "./cgroup_context.ts";
import { RestartHistory, type RestartHistoryJson } from "./restart_history.ts";
import { eachMachineSeries } from "./host_series.ts";
import { controlFalseDiscovery, falseDiscoveryMessage } from "./false_discovery_rate.ts";
import { attributeByKind } from "./one_story.ts";
import { ProcessSeriesRegistry } from "./process_series.ts";
import { type Ranked, ranked, severityOf } from "./ranking.ts";
import {
  type RegistryEntry,
  type RegistryJson,
  type RegistryOptions,
  SeriesRegistry,
} from "./series_registry.ts";
import { type Activity, activityMessage, grewWhileIdle } from "./activity.ts";

/** What to type next about a finding; the table lives in rules/next_steps. */
export type NextStepFor = (
  subject: Subject,
  kind: FindingKind,
  finding: Omit<Finding, "next_step">,
) => string;

export interface LeakDetectorOptions {
  nextStepFor?: NextStepFor;
  /** Looks that must agree before a leak is called one: 3 where we go on watching, 1 where this window is all there is. */
  confirmations?: number;
  /** Series kept at most (five per process and some hundreds of the machine). */
  max_series?: number;
  /** Series judged per sample at most; the others wait their turn. A assessment costs about 0.1 ms. */
  judgements_per_sample?: number;
}

/** A series that grows. */
export interface Suspect {
  /** For `assessmentOf`. */
  key: string;
  kind: FindingKind;
  subject: Subject;
  unit: Unit;
  assessment: Assessment;
}

/** A finding and the series behind it. */
interface Found extends Ranked {
  key: string | null;
}

export interface LeakDetectorJson {
  version: 1;
  boot_id: string;
  book: RegistryJson;
  lives: RestartHistoryJson;
  /** null: never read. */
  lowest_unaccounted_bytes?: number | null;
}

const MAX_SERIES = 20_000, JUDGEMENTS_PER_SAMPLE = 32;
/** Most series judged when findings are asked for. */
const JUDGEMENTS_PER_REPORT = 3000;
/** A series of the machine that was not seen for so long is over. Slow sources are read about once a minute. */
const EXPIRY_SECONDS = 600;

/**
 * Watches every series of a machine for growth: samples in, findings out. Holds no clock and does no input or output.
 *
 * Identities never mix: a process is (pid, start, exec count) within one boot; another boot begins anew.
 */
export class LeakDetector {
  readonly #nextStepFor: NextStepFor;
  readonly #options: RegistryOptions;
  readonly #judgementsPerSample: number;
  #book: SeriesRegistry;
  #processes: ProcessSeriesRegistry;
  #lives = new RestartHistory();
  readonly #homes = new CgroupContexts();
  /** As the last sample showed it, for sentences about who holds it. */
  #shared: Sample["shared_memory"] = null;
  /** Unaccounted memory at its lowest since boot, as far as we watched, and now. */
  #unaccounted = { lowest_bytes: Infinity, bytes: NaN };
  #bootId: string | null = null;
  #now = -Infinity;
  #expiredAt = -Infinity;

  constructor(options: LeakDetectorOptions = {}) {
    this.#nextStepFor = options.nextStepFor ?? (() => "");
    this.#options = {
      confirmations: options.confirmations ?? 1,
      max_series: options.max_series ?? MAX_SERIES,
    };
    this.#judgementsPerSample = options.judgements_per_sample ?? JUDGEMENTS_PER_SAMPLE;
    this.#book = new SeriesRegistry(this.#options);
    this.#processes = new ProcessSeriesRegistry(this.#book);
  }

  /** Series watched now, and those that found no place. */
  get series(): { watched: number; refused: number } {
    return { watched: this.#book.size, refused: this.#book.refused };
  }

  /** Takes a sample in. Keeps nothing of the sample itself but the part that names shared memory. */
  observe(sample: Sample): void {
    if (this.#bootId !== null && this.#bootId !== sample.host.boot_id) this.#beginAnew();
    this.#bootId = sample.host.boot_id;
    const now = this.#now = sample.time_seconds;
    this.#homes.observe(sample);
    this.#shared = sample.shared_memory;
    if (sample.memory) {
      const bytes = sample.memory.unaccounted_bytes;
      this.#unaccounted = { lowest_bytes: Math.min(this.#unaccounted.lowest_bytes, bytes), bytes };
    }
    eachMachineSeries(sample, (identity, value, limit = null, limitName = null) => {
      const entry = this.#book.entry(identity);
      if (!entry) return;
      entry.subject = identity.subject;
      this.#book.push(entry, now, value, limit, limitName);
    });
    this.#processes.observe(sample, (process) => {
      const memory = process.entries.memory;
      this.#lives.ended(process, memory?.series.moves ? memory.series.classify(memory.limit) : null);
    });
    this.#book.classifyDue(this.#judgementsPerSample);
    if (now - this.#expiredAt > EXPIRY_SECONDS / 10) {
      this.#expiredAt = now;
      this.#book.expire(now - EXPIRY_SECONDS);
    }
  }

  /** What grows, what hurts first on top. Only `leak` accuses; `growing` is worth watching. */
  findings(): Finding[] {
    return this.#found().map(({ finding }) => finding);
  }

  /** The series behind the findings, in the same order; for progress lines, and for collectors that look deeper. */
  suspects(): Suspect[] {
    const suspects: Suspect[] = [];
    for (const { key, finding } of this.#found()) {
      const entry = key === null ? undefined : this.#book.get(key);
      if (!entry) continue;
      const { kind, subject, unit, series, limit } = entry;
      suspects.push({
        key: entry.key,
        kind,
        subject,
        unit,
        assessment: { ...series.classify(limit), verdict: finding.verdict },
      });
    }
    return suspects;
  }

  /** What the detector saw in one series; null where there is none. Keys: those of `suspects`, or `processKey`. */
  assessmentOf(key: string): Assessment | null {
    const entry = this.#book.get(key);
    return entry ? entry.series.classify(entry.limit) : null;
  }

  /** State to go on from after a restart within the same boot. */
  toJSON(): LeakDetectorJson {
    return {
      version: 1,
      boot_id: this.#bootId ?? "",
      book: this.#book.toJSON(),
      lives: this.#lives.toJSON(),
      lowest_unaccounted_bytes: Number.isFinite(this.#unaccounted.lowest_bytes)
        ? this.#unaccounted.lowest_bytes
        : null,
    };
  }

  /** Goes on from `toJSON`; state of another version is left, state of another boot ends at the first sample. */
  static fromJSON(json: LeakDetectorJson, options: LeakDetectorOptions = {}): LeakDetector {
    const watch = new LeakDetector(options);
    if (json.version !== 1) return watch;
    watch.#bootId = json.boot_id;
    watch.#book = SeriesRegistry.fromJSON(json.book, watch.#options);
    watch.#processes = new ProcessSeriesRegistry(watch.#book);
    watch.#lives = RestartHistory.fromJSON(json.lives);
    watch.#unaccounted.lowest_bytes = json.lowest_unaccounted_bytes ?? Infinity;
    return watch;
  }

  #beginAnew(): void {
    this.#book.clear();
    this.#processes.clear();
    this.#lives.clear();
    this.#unaccounted = { lowest_bytes: Infinity, bytes: NaN };
    this.#expiredAt = -Infinity;
  }

  #found(): Found[] {
    this.#book.classifyAll(JUDGEMENTS_PER_REPORT);
    // The correction holds within each kind: the one total of memory in use is not a guess among thousands of processes.
    const kinds = new Map<FindingKind, { growing: RegistryEntry[]; moving: number }>();
    for (const entry of this.#book.values()) {
      const verdict = entry.assessment?.verdict;
      if (!entry.series.moves || verdict === undefined || verdict === "insufficient-data") continue;
      const kind = kinds.get(entry.kind) ?? { growing: [], moving: 0 };
      kinds.set(entry.kind, kind);
      // Resident memory holds files that can be dropped at any time: watched for the page, not accused of anything.
      if (entry.key.endsWith("/resident")) continue;
      kind.moving++;
      if (verdict === "leak" || verdict === "growing") kind.growing.push(entry);
    }
    const found: Found[] = [];
    for (const { growing, moving } of kinds.values()) {
      const leaks = controlFalseDiscovery(growing.map((entry) => entry.assessment!), moving);
      growing.forEach((entry, i) => found.push(this.#finding(entry, leaks[i]!, moving)));
    }
    for (const life of this.#lives.findings()) {
      found.push({ key: null, idle: false, finding: this.#complete(life) });
    }
    const told = new Set(attributeByKind(found.map((item) => item.finding)));
    return ranked(found.filter((item) => told.has(item.finding)));
  }

  #finding(entry: RegistryEntry, isLeak: boolean, moving: number): Found {
    const assessment = entry.assessment!;
    const { evidence, idle } = this.#evidence(entry, assessment);
    const demoted = assessment.verdict === "leak" && !isLeak;
    const verdict = demoted ? "growing" : assessment.verdict;
    const why = demoted ? `${evidence}; ${falseDiscoveryMessage(moving)}` : evidence;
    const left = assessment.time_to_limit_seconds;
    const time_to_limit_seconds: TimeToLimit | null = left && entry.limit_name !== null
      ? { ...left, limit: entry.limit_name }
      : null;
    const finding = this.#complete({
      kind: entry.kind,
      subject: { ...entry.subject },
      verdict,
      confidence: demoted ? Math.min(assessment.confidence, 0.5) : assessment.confidence,
      rate_per_hour: assessment.rate_per_hour,
      unit: entry.unit,
      time_to_limit_seconds,
      evidence: why,
    });
    return { key: entry.key, finding, idle };
  }

  /** The detector's sentence, what it is or where it lives, and for a process what it did meanwhile. */
  #evidence(entry: RegistryEntry, assessment: Assessment): { evidence: string; idle: boolean } {
    const process = entry.subject.pid === null ? undefined : this.#processes.get(entry.subject.pid);
    const beside = this.#homes.sentence(entry.kind, entry.subject) ||
      annotation(entry.kind, entry.subject, this.#shared);
    const lowest = entry.kind === "kernel-unaccounted" ? `; ${this.#aboveLowest()}` : "";
    const seen = (beside ? `${assessment.evidence}; ${beside}` : assessment.evidence) + lowest;
    if (!process || entry.unit !== "bytes") return { evidence: seen, idle: false };
    const done: Activity | null = process.meter.since(this.#now, process.work, assessment.window_seconds);
    const sentence = activityMessage(done, assessment.rise);
    return {
      evidence: sentence ? `${seen}; ${sentence}` : seen,
      idle: grewWhileIdle(done, assessment.rise),
    };
  }

  /** Its size says little, drivers hold some at all times; what it holds beyond its lowest since boot says more. */
  #aboveLowest(): string {
    const { bytes, lowest_bytes } = this.#unaccounted;
    return `${formatAmount(bytes - lowest_bytes, "bytes")} above the lowest seen since boot (${
      formatAmount(lowest_bytes, "bytes")
    })`;
  }

  #complete(bare: Omit<Finding, "severity" | "next_step">): Finding {
    const finding = { ...bare, severity: severityOf(bare) };
    return { ...finding, next_step: this.#nextStepFor(finding.subject, finding.kind, finding) };
  }
}
