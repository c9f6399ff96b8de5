import { processLeakableBytes } from "../../model/leakable.ts";
import type { ProcessSample, RuntimeMemory, Sample } from "../../model/sample.ts";
import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
import { FlatSeries, type FlatSeriesJson } from "./flat_series.ts";
import { type Headrooms, headroomsOf } from "./headroom.ts";
import type { RegistryEntry, SeriesRegistry } from "./series_registry.ts";
import { ActivityMeter, type Work } from "./activity.ts";

/** The series of one process. One identity: pid, start, and how often it has exec'd. */
export interface ProcessSeries {
  pid: number;
  start_ticks: number;
  exec_count: number;
  subject: Subject;
  /** Whether status (swap, shmem) could be read when its memory series began: the sum must not change its meaning. */
  whole: boolean;
  entries: Partial<Record<Measure, RegistryEntry | null>>;
  /** Measures that have not moved yet: what they were at first. Most never become a series. */
  first: Partial<Record<Measure, FlatSeries>>;
  meter: ActivityMeter;
  /** Its address space and what it has touched of shared memory, when first seen and now; null where that is hidden. */
  shared: { first: MappedMemory; now: MappedMemory } | null;
  /** Its arguments; null where they are not known. */
  command: string | null;
  /** What its runtime tells; null where it tells nothing. */
  runtime: RuntimeMemory | null;
  /** The most that its heap held since it was first seen: pages that the runtime has touched and keeps. */
  heap_high_bytes: number;
  /** When the process began, on the samples' time axis. */
  started_at_seconds: number;
  work: Work;
  seen_at: number;
}

interface MappedMemory {
  vsz_bytes: number;
  shmem_bytes: number;
}

/** Measures that have not moved yet, by the key of the series they would be. */
export type UnmovedJson = [key: string, flat: FlatSeriesJson][];

/** statm is off by dozens of pages per CPU against what smaps counts: less than this is nothing to accuse anybody of. */
const MIN_BYTES = 4 * 2 ** 20;

/** What evidence calls the heap of a JVM: the next step looks into that. */
export const LIVE_HEAP = "its live heap after collections";

const MEASURES = {
  memory: {
    kind: "process-memory",
    unit: "bytes",
    what: "its memory (anonymous and swapped)",
    min_rise: MIN_BYTES,
  },
  heap: {
    kind: "process-memory",
    unit: "bytes",
    what: LIVE_HEAP,
    min_rise: MIN_BYTES,
  },
  descriptors: { kind: "process-descriptors", unit: "count", what: "its open descriptors", min_rise: 32 },
  threads: { kind: "process-threads", unit: "count", what: "its threads", min_rise: 16 },
  mappings: { kind: "process-mappings", unit: "count", what: "its memory mappings", min_rise: 500 },
} as const satisfies Record<string, { kind: FindingKind; unit: Unit; what: string; min_rise: number }>;
type Measure = keyof typeof MEASURES;

/** Who has ended is looked for this often. */
const SWEEP_SECONDS = 4.5;

/** Key of a process's series in the registry, for whoever wants its assessment. */
export function processKey(pid: number, startTicks: number, exec_count: number, measure: Measure): string {
  return `process/${pid}/${startTicks}/${exec_count}/${measure}`;
}

/** Keeps the series of all processes in a registry. */
export class ProcessSeriesRegistry {
  readonly #registry: SeriesRegistry;
  readonly #processes = new Map<number, ProcessSeries>();
  #sweptAt = -Infinity;
  /** What an earlier run kept of measures that had not moved, until it has been claimed. */
  readonly #restored: Map<string, FlatSeriesJson>;

  constructor(registry: SeriesRegistry, unmoved: UnmovedJson = []) {
    this.#registry = registry;
    this.#restored = new Map(unmoved);
  }

  toJSON(): UnmovedJson {
    return [...this.#processes.values()].flatMap(({ pid, start_ticks, exec_count, first }) =>
      (Object.keys(first) as Measure[]).map((measure): UnmovedJson[number] => [
        processKey(pid, start_ticks, exec_count, measure),
        first[measure]!.toJSON(),
      ])
    );
  }

  get(pid: number): ProcessSeries | undefined {
    return this.#processes.get(pid);
  }

  values(): MapIterator<ProcessSeries> {
    return this.#processes.values();
  }

  /** Adds a sample's processes; `ended` hears within seconds of those that are gone or have become another program. */
  observe(sample: Sample, ended: (process: ProcessSeries) => void): void {
    const now = sample.time_seconds, rooms = headroomsOf(sample);
    const sweeps = now - this.#sweptAt >= SWEEP_SECONDS;
    for (const process of sample.processes) {
      if (process.is_stale && !sweeps) continue;
      // A zombie's memory reads 0, which is no release; kernel threads have none.
      if (process.is_kernel_thread || process.state === "Z" || process.state === "X") continue;
      const series = this.#seriesOf(process, ended);
      // What was not read must not pass for an observation.
      if (process.is_stale && series.seen_at > -Infinity) series.seen_at = now;
      else this.#observeOne(series, process, now, rooms);
    }
    if (!sweeps) return;
    this.#sweptAt = now;
    for (const series of this.#processes.values()) {
      if (series.seen_at === now) continue;
      ended(series);
      this.#forget(series.pid, series);
    }
  }

  clear(): void {
    this.#restored.clear();
    this.#sweptAt = -Infinity;
    this.#processes.clear();
  }

  #observeOne(series: ProcessSeries, process: ProcessSample, now: number, rooms: Headrooms): void {
    series.seen_at = now;
    series.subject.unit ??= process.unit;
    series.subject.container ??= process.container;
    series.subject.cgroup ??= process.cgroup;
    series.subject.name = process.name;
    series.command = process.command;
    const { vsz_bytes, shmem_bytes } = process;
    if (shmem_bytes !== null && shmem_bytes > 0) {
      series.shared ??= { first: { vsz_bytes, shmem_bytes }, now: { vsz_bytes, shmem_bytes } };
      series.shared.now.vsz_bytes = vsz_bytes;
      series.shared.now.shmem_bytes = shmem_bytes;
    }
    const whole = process.swap_bytes !== null;
    if (whole !== series.whole) {
      this.#drop(series, "memory");
      series.whole = whole;
    }
    const memory = processLeakableBytes(process);
    const room = rooms.of(process);
    const runtime = process.runtime_memory ?? null;
    series.runtime = runtime;
    // Garbage fills what the heap was given before it is collected: outside of the heap, and alive in it, are what leaks.
    series.heap_high_bytes = Math.max(series.heap_high_bytes, runtime?.heap_used_bytes ?? 0);
    const outside = memory - series.heap_high_bytes;
    const entry = this.#push(
      series,
      "memory",
      now,
      Math.max(0, outside),
      room && outside + room.bytes,
      room?.name,
    );
    if (runtime?.heap_live_bytes != null) {
      this.#push(
        series,
        "heap",
        now,
        runtime.heap_live_bytes,
        runtime.heap_max_bytes,
        "maximum heap size (-Xmx)",
      );
    }
    this.#push(
      series,
      "descriptors",
      now,
      process.open_descriptors,
      process.descriptor_limit,
      "RLIMIT_NOFILE",
    );
    this.#push(series, "threads", now, process.threads);
    this.#push(series, "mappings", now, process.mappings);
    const { work } = series;
    work.cpu_seconds = process.cpu_seconds;
    work.io_bytes = process.read_bytes === null ? null : process.read_bytes + (process.written_bytes ?? 0);
    work.faults = process.minor_faults;
    // The first look is kept for every process; further ones only for those that move.
    if (!series.meter.started || entry?.series.isClassified) series.meter.mark(now, work);
  }

  #push(
    series: ProcessSeries,
    measure: Measure,
    now: number,
    value: number | null,
    limit: number | null = null,
    limitName: string | null = null,
  ): RegistryEntry | null {
    if (value === null) return null;
    let entry = series.entries[measure];
    if (entry?.is_deleted) entry = undefined;
    let flat: FlatSeriesJson | undefined;
    // An earlier run's series is there before its process has been met.
    if (entry === undefined && !series.first[measure]) {
      entry = this.#registry.get(processKey(series.pid, series.start_ticks, series.exec_count, measure));
      if (entry) this.#adopt(series, measure, entry);
    }
    if (!entry && measure !== "memory" && measure !== "heap") {
      const first = series.first[measure] ??= this.#firstOf(series, measure);
      if (first.push(now, value, MEASURES[measure].unit)) return null;
      flat = first.toJSON();
    }
    // Turned away while the registry was full: it has its turn once there is room.
    if (entry == null && !(entry === null && this.#registry.isFull)) {
      const key = processKey(series.pid, series.start_ticks, series.exec_count, measure);
      entry = this.#registry.entry({ key, subject: series.subject, ...MEASURES[measure] }, flat);
      if (entry) this.#adopt(series, measure, entry);
      else series.entries[measure] = null;
    }
    if (entry) this.#registry.push(entry, now, value, limit, limitName);
    return entry;
  }

  /** A subject read back from JSON gives way to the living one, which learns its unit and container later. */
  #adopt(series: ProcessSeries, measure: Measure, entry: RegistryEntry): void {
    entry.subject = series.subject;
    series.entries[measure] = entry;
    delete series.first[measure];
  }

  #firstOf({ pid, start_ticks, exec_count }: ProcessSeries, measure: Measure): FlatSeries {
    const key = processKey(pid, start_ticks, exec_count, measure), before = this.#restored.get(key);
    this.#restored.delete(key);
    return before ? FlatSeries.fromJSON(before) : new FlatSeries();
  }

  #seriesOf(process: ProcessSample, ended: (process: ProcessSeries) => void): ProcessSeries {
    const { pid, start_ticks, exec_count, name, unit, container } = process;
    const known = this.#processes.get(pid);
    if (known && known.start_ticks === start_ticks && known.exec_count === exec_count) return known;
    if (known) {
      ended(known);
      this.#forget(pid, known);
    }
    const series: ProcessSeries = {
      pid,
      start_ticks,
      exec_count,
      subject: { pid, start_ticks, name, unit, container, cgroup: process.cgroup },
      whole: process.swap_bytes !== null,
      entries: {},
      first: {},
      meter: new ActivityMeter(),
      command: null,
      shared: null,
      runtime: null,
      heap_high_bytes: 0,
      started_at_seconds: process.started_at_seconds,
      work: { cpu_seconds: null, io_bytes: null, faults: null },
      seen_at: -Infinity,
    };
    this.#processes.set(pid, series);
    return series;
  }

  #drop(series: ProcessSeries, measure: Measure): void {
    const entry = series.entries[measure];
    if (entry) this.#registry.delete(entry.key);
    delete series.entries[measure];
  }

  #forget(pid: number, series: ProcessSeries): void {
    for (const measure of Object.keys(series.entries) as Measure[]) this.#drop(series, measure);
    this.#processes.delete(pid);
  }
}
