import type { ProcessSample, Sample } from "../../model/sample.ts";
import { containerTitle } from "../../model/container_title.ts";
import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
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
  meter: ActivityMeter;
  work: Work;
  seen_at: number;
}

/** statm is off by dozens of pages per CPU against what smaps counts: less than this is nothing to accuse anybody of. */
const MIN_BYTES = 4 * 2 ** 20;

const MEASURES = {
  memory: {
    kind: "process-memory",
    unit: "bytes",
    what: "its memory (anonymous, shared and swapped)",
    least_rise: MIN_BYTES,
  },
  resident: { kind: "process-memory", unit: "bytes", what: "its resident memory" },
  descriptors: { kind: "process-descriptors", unit: "count", what: "its open descriptors" },
  threads: { kind: "process-threads", unit: "count", what: "its threads" },
  mappings: { kind: "process-mappings", unit: "count", what: "its memory mappings" },
} as const satisfies Record<string, { kind: FindingKind; unit: Unit; what: string; least_rise?: number }>;
type Measure = keyof typeof MEASURES;

/** Who has ended is looked for this often. */
const SWEEP_SECONDS = 4.5;

/** Key of a process's series in the book, for whoever wants its assessment. */
export function processKey(pid: number, startTicks: number, exec_count: number, measure: Measure): string {
  return `process/${pid}/${startTicks}/${exec_count}/${measure}`;
}

/** A limit below which a process can live: the room in its container or unit, else what the machine has left. */
interface Room {
  bytes: number;
  name: string;
}

/** Keeps the series of all processes in a book. */
export class ProcessSeriesRegistry {
  readonly #book: SeriesRegistry;
  readonly #processes = new Map<number, ProcessSeries>();
  #sweptAt = -Infinity;

  constructor(book: SeriesRegistry) {
    this.#book = book;
  }

  get(pid: number): ProcessSeries | undefined {
    return this.#processes.get(pid);
  }

  /** Adds a sample's processes; `ended` hears within seconds of those that are gone or have become another program. */
  observe(sample: Sample, ended: (process: ProcessSeries) => void): void {
    const now = sample.time_seconds, rooms = roomsOf(sample);
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
    this.#sweptAt = -Infinity;
    this.#processes.clear();
  }

  #observeOne(series: ProcessSeries, process: ProcessSample, now: number, rooms: Rooms): void {
    series.seen_at = now;
    series.subject.unit ??= process.unit;
    series.subject.container ??= process.container;
    series.subject.name = process.name;
    const whole = process.swap_bytes !== null;
    if (whole !== series.whole) {
      this.#drop(series, "memory");
      series.whole = whole;
    }
    const memory = process.anon_bytes + (process.shmem_bytes ?? 0) + (process.swap_bytes ?? 0);
    const room = rooms.of(process);
    const entry = this.#push(series, "memory", now, memory, room && memory + room.bytes, room?.name);
    this.#push(series, "resident", now, process.rss_bytes);
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
    if (!series.meter.started || entry?.series.moves) series.meter.mark(now, work);
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
    if (entry === undefined) {
      const key = processKey(series.pid, series.start_ticks, series.exec_count, measure);
      entry = this.#book.entry({ key, subject: series.subject, ...MEASURES[measure] });
      // A subject read back from JSON gives way to the living one, which learns its unit and container later.
      if (entry) entry.subject = series.subject;
      series.entries[measure] = entry;
    }
    if (entry) this.#book.push(entry, now, value, limit, limitName);
    return entry;
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
      subject: { pid, start_ticks, name, unit, container },
      whole: process.swap_bytes !== null,
      entries: {},
      meter: new ActivityMeter(),
      work: { cpu_seconds: null, io_bytes: null, faults: null },
      seen_at: -Infinity,
    };
    this.#processes.set(pid, series);
    return series;
  }

  #drop(series: ProcessSeries, measure: Measure): void {
    const entry = series.entries[measure];
    if (entry) this.#book.delete(entry.key);
    delete series.entries[measure];
  }

  #forget(pid: number, series: ProcessSeries): void {
    for (const measure of Object.keys(series.entries) as Measure[]) this.#drop(series, measure);
    this.#processes.delete(pid);
  }
}

interface Rooms {
  of(process: ProcessSample): Room | null;
}

/** How much memory is left for a process: the least of its container's, its unit's and the machine's. */
function roomsOf(sample: Sample): Rooms {
  const machine = sample.memory ? { bytes: sample.memory.available_bytes, name: "MemAvailable" } : null;
  const containers = new Map<string, Room>(), units = new Map<string, Room>();
  const left = (group: { limit_bytes: number | null; working_set_bytes: number | null }) =>
    group.limit_bytes === null || group.working_set_bytes === null
      ? null
      : Math.max(0, group.limit_bytes - group.working_set_bytes);
  for (const group of sample.containers) {
    const bytes = left(group);
    if (bytes !== null) {
      containers.set(group.id, {
        bytes,
        name: `memory limit of container ${containerTitle(group)}`,
      });
    }
  }
  for (const group of sample.units) {
    const bytes = left(group);
    if (bytes !== null) units.set(group.name, { bytes, name: `memory limit of ${group.name}` });
  }
  if (containers.size === 0 && units.size === 0) return { of: () => machine };
  return {
    of({ container, unit }) {
      let room = machine;
      const narrower = [
        container === null ? undefined : containers.get(container),
        unit === null ? undefined : units.get(unit),
      ];
      for (const other of narrower) if (other && (!room || other.bytes < room.bytes)) room = other;
      return room;
    },
  };
}
