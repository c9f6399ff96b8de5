import { formatAmount, formatSpan } from "../../model/format.ts";
import { nextStepLine } from "../../model/next_step.ts";
import { programTitle } from "../../model/program_title.ts";
import type { RuntimeMemory, Sample } from "../../model/sample.ts";
import { findingKey } from "../../model/subject.ts";
import type { GrowthReading } from "../../model/growth_reading.ts";
import type { Finding, FindingKind, NextStep, Subject, TimeToLimit, Unit } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";
import { annotation } from "./annotations.ts";
import { type LeakDetectorJson, parseDetectorState, STATE_VERSION } from "./detector_state.ts";
import { CgroupContexts } from "./cgroup_context.ts";
import { RestartHistory } from "./restart_history.ts";
import { attribute } from "./attribution.ts";
import type { Candidate } from "./candidate.ts";
import { groupAlike } from "./groups.ts";
import type { SharedMemoryGrower } from "../../model/shared_memory_holding.ts";
import { growerClause, MAIN_SHARE } from "./shared_memory_growers.ts";
import { SharedMemoryGrowth } from "./shared_memory_growth.ts";
import { HostSeries } from "./host_series.ts";
import { mappingFiller } from "./mapping_fillers.ts";
import { type GrowthCase, growthProbability, growthVerdict, leakEvidence } from "./growth_verdict.ts";
import {
  EARLY_PROBABILITY,
  FILLING_PROBABILITY,
  type LeakEvidence,
  YOUNG_SECONDS,
} from "./leak_probability.ts";
import { falseDiscoveryMessage } from "./false_discovery_rate.ts";
import { growingSeries } from "./growing_series.ts";
import { type ProcessSeries, ProcessSeriesRegistry } from "./process_series.ts";
import { type Ranked, ranked, severityOf } from "./ranking.ts";
import {
  type RegistryEntry,
  type RegistryOptions,
  type RegistryUse,
  SeriesRegistry,
} from "./series_registry.ts";
import type { Freshness } from "./watched_series.ts";
import { type SeriesNow, Withdrawals } from "./withdrawals.ts";
import { type Activity, activityMessage, grewWhileIdle } from "./activity.ts";

/** What to type next about a finding; the table lives in rules/next_steps. */
export type NextStepFor = (
  subject: Subject,
  kind: FindingKind,
  finding: Omit<Finding, "next_step">,
) => NextStep[];

export interface LeakDetectorOptions {
  nextStepFor?: NextStepFor;
  /** Looks that must agree before a leak is called one: 3 where we go on watching, 1 where this window is all there is. */
  confirmations?: number;
  /** Series kept at most (five per process and some hundreds of the machine). */
  max_series?: number;
  /** Memory for the history of all series: 24 MiB. */
  memory_budget_bytes?: number;
  /** Series judged per sample at most; the others wait their turn. A assessment costs about 0.1 ms. */
  classified_per_sample?: number;
  /** Is told what each probability of growing process memory comes from; the model is fitted with it. */
  onLeakEvidence?: (subject: Subject, evidence: LeakEvidence) => void;
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
interface Detected extends Ranked {
  key: string | null;
}

/** In the first ten minutes of watching nothing is critical that is not at its limit. */
const SETTLING_SECONDS = 600;
/** Less available memory than this share of all is near the limit. */
const SHORT_OF_MEMORY = 0.1;
/** What holds many programs, of which some may be young, is not called a leak before it was watched for so long. */
const PATIENCE_SECONDS: Partial<Record<FindingKind, number>> = {
  "container-memory": YOUNG_SECONDS,
  "unit-memory": YOUNG_SECONDS,
  "shared-memory": YOUNG_SECONDS,
  tmpfs: YOUNG_SECONDS,
  "system-memory": 3600,
};
/** Share of a rise in the second half of the work from which on it goes on as before. */
const STEADY_SECOND_HALF = 0.45;
const MAX_SERIES = 20_000, CLASSIFIED_PER_SAMPLE = 32;
const MEMORY_BUDGET_BYTES = 24 * 2 ** 20;
/** Of a state that is written in parts. */
const ENTRIES_PER_PART = 16;
/** Most series judged when findings are asked for. */
const MAX_CLASSIFIED_PER_REPORT = 3000;
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
  readonly #classifiedPerSample: number;
  readonly #onLeakEvidence: LeakDetectorOptions["onLeakEvidence"];
  #registry: SeriesRegistry;
  #processes: ProcessSeriesRegistry;
  #restarts = new RestartHistory();
  readonly #withdrawals = new Withdrawals();
  readonly #contexts = new CgroupContexts();
  /** As the last sample showed it, for sentences about who holds it. */
  #shared: Sample["shared_memory"] = null;
  /** Unaccounted memory at its lowest since boot, as far as we watched, and now. */
  #unaccounted = { lowest_bytes: Infinity, bytes: NaN };
  #bootId: string | null = null;
  readonly #host = new HostSeries();
  #sharedGrowth = new SharedMemoryGrowth();
  #startedAt = Infinity;
  #availableShare = 1;
  #now = -Infinity;
  #expiredAt = -Infinity;

  constructor(options: LeakDetectorOptions = {}) {
    this.#nextStepFor = options.nextStepFor ?? (() => []);
    this.#options = {
      confirmations: options.confirmations ?? 1,
      max_series: options.max_series ?? MAX_SERIES,
      memory_budget_bytes: options.memory_budget_bytes ?? MEMORY_BUDGET_BYTES,
    };
    this.#classifiedPerSample = options.classified_per_sample ?? CLASSIFIED_PER_SAMPLE;
    this.#onLeakEvidence = options.onLeakEvidence;
    this.#registry = new SeriesRegistry(this.#options);
    this.#processes = new ProcessSeriesRegistry(this.#registry);
  }

  /** What the series take, and what was left out to stay within the budget. */
  get use(): RegistryUse {
    return this.#registry.use;
  }

  /** Takes a sample in. Keeps nothing of the sample itself but the part that names shared memory. */
  observe(sample: Sample): void {
    if (this.#bootId !== null && this.#bootId !== sample.host.boot_id) this.#beginAnew();
    this.#bootId = sample.host.boot_id;
    const now = this.#now = sample.time_seconds;
    this.#contexts.observe(sample);
    this.#shared = sample.shared_memory;
    this.#sharedGrowth.observe(sample);
    if (sample.memory) {
      const bytes = sample.memory.unaccounted_bytes;
      this.#unaccounted = { lowest_bytes: Math.min(this.#unaccounted.lowest_bytes, bytes), bytes };
    }
    this.#startedAt = Math.min(this.#startedAt, now);
    if (sample.memory) this.#availableShare = sample.memory.available_bytes / sample.memory.total_bytes;
    this.#host.each(sample, (identity, value, limit = null, limitName = null) => {
      const entry = this.#registry.entry(identity);
      if (!entry) return;
      entry.subject = identity.subject;
      this.#registry.push(entry, now, value, limit, limitName);
    });
    this.#processes.observe(sample, (process) => {
      const memory = process.entries.memory;
      const assessment = memory?.series.moves ? memory.series.classify(memory.limit) : null;
      const { container } = process.subject;
      this.#restarts.ended(process, assessment, container && this.#contexts.nameOf(container), now);
    });
    this.#registry.makeRoom();
    this.#registry.classifyDue(this.#classifiedPerSample);
    if (now - this.#expiredAt > EXPIRY_SECONDS / 10) {
      this.#expiredAt = now;
      this.#registry.expire(now - EXPIRY_SECONDS);
    }
  }

  /**
   * What grows, what hurts first on top; only `leak` accuses. Effects carry the key of their cause. `freshness`: "latest" at the
   * end of a watch.
   */
  findings(freshness: Freshness = "asked"): Finding[] {
    const known = this.#withdrawals.apply(this.#detect(freshness), (key) => this.#seriesNow(key), this.#now);
    return groupAlike(
      attribute(known),
      ({ pid, name }) =>
        programTitle(name, (pid === null ? null : this.#processes.get(pid)?.command) ?? null),
    );
  }

  /** The series behind the findings, in the same order; for progress lines, and for collectors that look deeper. */
  suspects(): Suspect[] {
    return this.#detect().flatMap(({ key, finding }) => {
      const entry = key === null ? undefined : this.#registry.get(key);
      if (!entry) return [];
      const { kind, subject, unit, series, limit } = entry;
      const assessment = { ...series.classify(limit), verdict: finding.verdict };
      return [{ key: entry.key, kind, subject, unit, assessment }];
    });
  }

  /** What the detector saw in one series; null where there is none. Keys: those of `suspects`, or `processKey`. */
  assessmentOf(key: string): Assessment | null {
    const entry = this.#registry.get(key);
    return entry ? entry.series.classify(entry.limit) : null;
  }

  /** Growth that stays over a period, of one series; null where there is none. Keys as for `assessmentOf`. */
  growthOf(key: string, periodSeconds: number): GrowthReading | null {
    return this.#registry.get(key)?.series.growth(periodSeconds) ?? null;
  }

  /** State to go on from after a restart within the same boot. */
  toJSON(): LeakDetectorJson {
    return { ...this.#head(), registry: this.#registry.toJSON() };
  }

  #head(): LeakDetectorJson {
    return {
      version: STATE_VERSION,
      boot_id: this.#bootId ?? "",
      registry: { entries: [] },
      unmoved: this.#processes.toJSON(),
      restarts: this.#restarts.toJSON(),
      lowest_unaccounted_bytes: Number.isFinite(this.#unaccounted.lowest_bytes)
        ? this.#unaccounted.lowest_bytes
        : null,
    };
  }

  /** The text of `toJSON` in parts, each the work of a millisecond or so. */
  *toJSONParts(): Generator<string> {
    const { registry: _, ...rest } = this.#head();
    yield `${JSON.stringify(rest).slice(0, -1)},"registry":{"entries":[`;
    let part: string[] = [], separator = "";
    for (const entry of this.#registry.entriesToJSON()) {
      if (part.push(JSON.stringify(entry)) < ENTRIES_PER_PART) continue;
      yield separator + part.join();
      [part, separator] = [[], ","];
    }
    yield (part.length > 0 ? separator + part.join() : "") + "]}}";
  }

  /** Goes on from `toJSON`; what is no such state is left, state of another boot ends at the first sample. */
  static fromJSON(state: unknown, options: LeakDetectorOptions = {}): LeakDetector {
    const watch = new LeakDetector(options);
    const json = parseDetectorState(state);
    if (json === null) return watch;
    watch.#bootId = json.boot_id;
    watch.#registry = SeriesRegistry.fromJSON(json.registry, watch.#options);
    watch.#processes = new ProcessSeriesRegistry(watch.#registry, json.unmoved);
    watch.#restarts = RestartHistory.fromJSON(json.restarts);
    watch.#unaccounted.lowest_bytes = json.lowest_unaccounted_bytes ?? Infinity;
    return watch;
  }

  #beginAnew(): void {
    this.#registry.clear();
    this.#processes.clear();
    this.#restarts.clear();
    this.#withdrawals.clear();
    this.#sharedGrowth = new SharedMemoryGrowth();
    this.#unaccounted = { lowest_bytes: Infinity, bytes: NaN };
    this.#expiredAt = -Infinity;
  }

  #detect(freshness: Freshness = "asked"): Detected[] {
    this.#registry.classifyAll(MAX_CLASSIFIED_PER_REPORT, freshness);
    const detected = growingSeries(this.#registry.values(), (entry) => this.#followsItsLoad(entry))
      .map(({ entry, isSignificant, moving }) => this.#detected(entry, isSignificant, moving));
    for (const candidate of this.#restarts.candidates(this.#now)) {
      detected.push({ key: null, idle: false, finding: this.#complete(candidate) });
    }
    return ranked(detected);
  }

  #detected(entry: RegistryEntry, isSignificant: boolean, moving: number): Detected {
    const assessment = entry.assessment!;
    const { evidence, idle } = this.#evidence(entry, assessment);
    const isChance = !isSignificant;
    const { probability: alone, why } = this.#probability(entry, assessment, isSignificant);
    const probability = isChance ? Math.min(alone, EARLY_PROBABILITY) : alone;
    const verdict = growthVerdict(probability);
    const left = assessment.time_to_limit_seconds;
    const time_to_limit_seconds: TimeToLimit | null = left && entry.limit_name !== null
      ? { ...left, limit: entry.limit_name }
      : null;
    const finding = this.#complete({
      kind: entry.kind,
      subject: { ...entry.subject },
      verdict,
      probability,
      confidence: verdict === "leak" ? probability : 1 - probability,
      rate_per_hour: assessment.rate_per_hour,
      unit: entry.unit,
      time_to_limit_seconds,
      evidence: [evidence, isChance && alone > probability ? falseDiscoveryMessage(moving) : "", why].filter(
        Boolean,
      ).join("; "),
    });
    return { key: entry.key, finding, idle };
  }

  /** That it is a leak, and what speaks against it in words. */
  #probability(
    entry: RegistryEntry,
    assessment: Assessment,
    isSignificant: boolean,
  ): { probability: number; why: string } {
    const process = entry.subject.pid === null ? undefined : this.#processes.get(entry.subject.pid);
    const profile = entry.series.profile(process?.meter.recent);
    const watched_seconds = entry.series.watchedSeconds;
    const holder = process ?? this.#holderOf(entry);
    const age_seconds = holder ? Math.max(watched_seconds, this.#now - holder.started_at_seconds) : NaN;
    const filling = process && profile && entry.unit === "bytes" && entry.key.endsWith("/memory")
      ? fillingMessage(process.runtime, profile.value, age_seconds)
      : "";
    const growth: GrowthCase = {
      assessment,
      unit: entry.unit,
      is_significant: isSignificant,
      watched_seconds,
      program: holder
        ? { age_seconds, cpu_seconds: process?.work.cpu_seconds ?? null, is_filling: filling !== "" }
        : null,
      profile,
      patience_seconds: PATIENCE_SECONDS[entry.kind] ?? 0,
    };
    const evidence = leakEvidence(growth);
    if (process && evidence) this.#onLeakEvidence?.(entry.subject, evidence);
    const probability = growthProbability(growth), filler = this.#mappingFiller(entry, assessment);
    if (filler !== null) {
      const { name, pid } = filler.subject;
      const why = `it may be filling: ${name} (${pid}) touches a mapping that it had before`;
      return { probability: Math.min(probability, FILLING_PROBABILITY), why };
    }
    return { probability, why: holder && profile ? filling || youngMessage(age_seconds) : "" };
  }

  /** Who fills the shared memory of a unit, a container or the machine that grows, within mappings that were there. */
  #mappingFiller({ kind, key, subject }: RegistryEntry, { rise }: Assessment) {
    const isOfAll = kind === "shared-memory" && subject.name === "Shmem";
    if (!isOfAll && !key.endsWith("/shared")) return null;
    const { cgroup } = subject;
    const isInside = ({ subject: { cgroup: its } }: ProcessSeries) =>
      isOfAll || (cgroup != null && its != null && (its === cgroup || its.startsWith(`${cgroup}/`)));
    return mappingFiller(this.#processes.values().filter(isInside), rise);
  }

  /** What looks like a warm-up because its load falls grows on by the work that it does. */
  #followsItsLoad({ assessment, series, subject }: RegistryEntry): boolean {
    if (assessment?.verdict !== "warm-up" || subject.pid === null) return false;
    const profile = series.profile(this.#processes.get(subject.pid)?.meter.recent);
    return (profile?.rate_per_hour ?? 0) > 0 && (profile?.work?.second_half ?? 0) >= STEADY_SECOND_HALF;
  }

  /** null: its subject has ended. */
  #seriesNow(key: string): SeriesNow | null {
    const entry = this.#registry.get(key);
    if (!entry) return null;
    const { series, limit } = entry;
    const marks = entry.subject.pid === null ? [] : this.#processes.get(entry.subject.pid)?.meter.recent;
    return { assessment: series.classify(limit), profile: series.profile(marks), value: series.last, limit };
  }

  #growers({ kind, subject, assessment }: RegistryEntry): SharedMemoryGrower[] {
    return this.#sharedGrowth.growers(kind, subject, assessment?.rise ?? 0);
  }

  /** The process that took most of the shared memory that grows: shared memory is as old as that. */
  #holderOf(entry: RegistryEntry): ProcessSeries | null {
    const [first] = this.#growers(entry);
    if (!first || first.pid === null || first.share < MAIN_SHARE) return null;
    const process = this.#processes.get(first.pid);
    return process?.start_ticks === first.start_ticks ? process : null;
  }

  /** The detector's message, what it is or where it runs, and for a process what it did meanwhile. */
  #evidence(entry: RegistryEntry, assessment: Assessment): { evidence: string; idle: boolean } {
    const process = entry.subject.pid === null ? undefined : this.#processes.get(entry.subject.pid);
    const beside = this.#contexts.message(entry.kind, entry.subject) || growerClause(this.#growers(entry)) ||
      annotation(entry.kind, entry.subject, this.#shared);
    const lowest = entry.kind === "kernel-unaccounted" ? `; ${this.#aboveLowest()}` : "";
    const seen = (beside ? `${assessment.evidence}; ${beside}` : assessment.evidence) + lowest;
    if (!process || entry.unit !== "bytes") return { evidence: seen, idle: false };
    const done: Activity | null = process.meter.since(this.#now, process.work, assessment.window_seconds);
    const message = activityMessage(done, assessment.rise);
    return {
      evidence: message ? `${seen}; ${message}` : seen,
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

  #complete(candidate: Candidate): Finding {
    const isRisky = this.#availableShare < SHORT_OF_MEMORY || this.#now - this.#startedAt >= SETTLING_SECONDS;
    const severity = severityOf(candidate, isRisky);
    const finding: Finding = {
      ...candidate,
      key: findingKey(candidate),
      severity,
      next_step: "",
      caused_by: null,
      explained_share: 0,
      count: 1,
    };
    const next_steps = this.#nextStepFor(finding.subject, finding.kind, finding);
    return { ...finding, next_step: nextStepLine(next_steps), next_steps };
  }
}

/**
 * Growth below a limit that the program declares is filling, and so is growth in the time that such a program is known to take; empty
 * where it is not. What a JVM holds alive tells more than its limit.
 */
function fillingMessage(runtime: RuntimeMemory | null, value: number, ageSeconds: number): string {
  if (runtime === null || runtime.heap_live_bytes !== null) return "";
  const { declared_limit_bytes, declared_limit_name, fills_for_seconds, fills_reason } = runtime;
  if (declared_limit_bytes !== null && value < declared_limit_bytes) {
    return `it may be filling: ${declared_limit_name}`;
  }
  return fills_for_seconds !== null && ageSeconds < fills_for_seconds
    ? `it may be filling: ${fills_reason}`
    : "";
}

/** A young program may still be filling what it was built to fill; empty for others. */
const youngMessage = (ageSeconds: number): string =>
  ageSeconds < YOUNG_SECONDS ? `too young to tell, started ${formatSpan(ageSeconds)} ago` : "";
