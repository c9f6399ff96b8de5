import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
import { type Assessment, BucketPool, QUANTUM } from "../detector/mod.ts";
import type { FlatSeriesJson } from "./flat_series.ts";
import {
  type Freshness,
  SLIGHT_CAP,
  WatchedSeries,
  type WatchedSeriesJson,
  type WatchedSeriesOptions,
} from "./watched_series.ts";

/** What is watched, and who it belongs to. */
export interface SeriesIdentity<Kind extends string = FindingKind> {
  /** Unique per identity: a pid that is used again is another series. */
  key: string;
  kind: Kind;
  subject: Subject;
  unit: Unit;
  /** What is measured, for the message; null: "it". */
  what: string | null;
  /** A rise below this is never a leak. */
  min_rise?: number;
}

/** A watched series and what is known about it now. */
export interface RegistryEntry<Kind extends string = FindingKind> extends SeriesIdentity<Kind> {
  series: WatchedSeries;
  /** Value that must not be reached, in the unit of the series, and its name. */
  limit: number | null;
  limit_name: string | null;
  seen_at: number;
  assessment: Assessment | null;
  /** The registry has forgotten it: it takes no samples any more. */
  is_deleted: boolean;
}

export interface RegistryJson<Kind extends string = FindingKind> {
  entries: (SeriesIdentity<Kind> & { seen_at: number; series: WatchedSeriesJson })[];
}

export interface RegistryOptions {
  /** Looks that must agree before a leak is called one. */
  confirmations: number;
  /** Series kept at most; beyond that new ones are not watched until old ones end. */
  max_series: number;
  /** Memory for the buckets of all series. */
  memory_budget_bytes: number;
  /** One window over all samples in full precision, for a record that ends; left out: sliding windows in the pool. */
  whole_record?: boolean;
}

/** What the registry holds, and what it had to leave out to stay within its bounds. */
export interface RegistryUse {
  series: number;
  /** Series that could not be watched because there were too many. */
  refused: number;
  used_bytes: number;
  budget_bytes: number;
  /** How often a series was given fewer buckets to make room for others. */
  coarsened: number;
}

/** From this share of the budget on series are coarsened, down to that one: what is left is for the next ones. */
const FULL_SHARE = 0.85, ROOM_SHARE = 0.75;
/** Buckets per window that are left to a series, step by step. */
const COARSER: readonly number[] = [128, 64, SLIGHT_CAP];

/** All series of a machine, each under its own identity, with bounds on memory and on work. */
export class SeriesRegistry<Kind extends string = FindingKind> {
  readonly #entries = new Map<string, RegistryEntry<Kind>>();
  readonly #options: RegistryOptions;
  /** Entries that move, in the order in which they are judged. */
  #round: RegistryEntry<Kind>[] = [];
  #next = 0;
  #refused = 0;
  #coarsened = 0;
  /** How often the pool had no room, when room was made last. */
  #poolRefused = 0;
  readonly #pool: BucketPool;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#pool = new BucketPool(options.memory_budget_bytes);
  }

  get use(): RegistryUse {
    return {
      series: this.size,
      refused: this.#refused,
      used_bytes: this.#pool.used_bytes,
      budget_bytes: this.#pool.budget_bytes,
      coarsened: this.#coarsened,
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#options.max_series;
  }

  get(key: string): RegistryEntry<Kind> | undefined {
    return this.#entries.get(key);
  }

  values(): IterableIterator<RegistryEntry<Kind>> {
    return this.#entries.values();
  }

  /**
   * The entry of this identity, made where there is none; null where the registry is full. `flat`: what was seen of it before it
   * became a series.
   */
  entry(identity: SeriesIdentity<Kind>, flat?: FlatSeriesJson): RegistryEntry<Kind> | null {
    const known = this.#entries.get(identity.key);
    if (known) return known;
    if (this.isFull) {
      this.#refused++;
      return null;
    }
    const options = this.#seriesOptions(identity);
    const series = flat ? WatchedSeries.flat(flat, options) : new WatchedSeries(options);
    return this.#keep(identity, series, -Infinity);
  }

  #seriesOptions({ unit, what, min_rise }: SeriesIdentity<Kind>): WatchedSeriesOptions {
    const { confirmations, whole_record } = this.#options;
    return whole_record
      ? { unit, what, min_rise, confirmations, whole_record }
      : { unit, what, min_rise, confirmations, store: this.#pool };
  }

  /** Keeps within the memory budget: where it is nearly used up, those get fewer buckets that nobody suspects, then all. */
  makeRoom(): void {
    const { budget_bytes, used_bytes, refused } = this.#pool;
    if (used_bytes < FULL_SHARE * budget_bytes && refused === this.#poolRefused) return;
    this.#poolRefused = refused;
    for (const spared of [true, false]) {
      for (const cap of COARSER) {
        for (const { series, assessment } of this.#entries.values()) {
          if (series.cap <= cap) continue;
          const isSuspect = assessment?.verdict === "leak" || assessment?.verdict === "growing";
          if (spared && isSuspect) continue;
          series.coarsen(cap);
          this.#coarsened++;
          if (this.#pool.used_bytes < ROOM_SHARE * used_bytes) return;
        }
      }
    }
  }

  /** Adds a sample to an entry. */
  push(
    entry: RegistryEntry<Kind>,
    tSeconds: number,
    value: number,
    limit: number | null = null,
    limitName: string | null = null,
  ): void {
    entry.series.push(tSeconds, value);
    entry.seen_at = tSeconds;
    entry.limit = limit;
    entry.limit_name = limit === null ? null : limitName;
  }

  /** Judges at most `most` of the series that move and are due, taking turns. */
  classifyDue(most: number): void {
    if (this.#next >= this.#round.length) {
      this.#round = [...this.#entries.values()].filter((entry) => entry.series.moves);
      this.#next = 0;
    }
    for (let judged = 0; judged < most && this.#next < this.#round.length; this.#next++) {
      const entry = this.#round[this.#next]!;
      if (entry.is_deleted || !entry.series.isDue("unasked")) continue;
      entry.assessment = entry.series.classify(entry.limit);
      judged++;
    }
  }

  /** Judges every series that moves and is due, up to `most`, those that grew most likely first. */
  classifyAll(most: number, freshness: Freshness = "asked"): void {
    const due: RegistryEntry<Kind>[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.series.moves && entry.series.isDue(freshness)) due.push(entry);
    }
    due.sort((a, b) => (b.assessment?.score ?? 1) - (a.assessment?.score ?? 1));
    for (const entry of due.slice(0, most)) {
      entry.assessment = entry.series.classify(entry.limit, freshness);
    }
  }

  /** Forgets those not seen since `before`; each is handed to `ended` first. */
  expire(before: number, ended?: (entry: RegistryEntry<Kind>) => void): void {
    for (const [key, entry] of this.#entries) {
      if (entry.seen_at >= before) continue;
      ended?.(entry);
      this.delete(key);
    }
    this.#round = this.#round.filter((entry) => this.#entries.has(entry.key));
    this.#next = Math.min(this.#next, this.#round.length);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.is_deleted = true;
    entry.series.release();
    this.#entries.delete(key);
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.delete(key);
    this.#round = [];
    this.#next = 0;
  }

  toJSON(): RegistryJson<Kind> {
    return { entries: [...this.entriesToJSON()] };
  }

  /** One after the other, for whoever writes thousands of them and must not hold up others. */
  *entriesToJSON(): Generator<RegistryJson<Kind>["entries"][number]> {
    for (const entry of this.#entries.values()) {
      const { key, kind, subject, unit, what, min_rise, seen_at } = entry;
      yield { key, kind, subject, unit, what, min_rise, seen_at, series: entry.series.toJSON() };
    }
  }

  static fromJSON(json: RegistryJson, options: RegistryOptions): SeriesRegistry {
    const registry = new SeriesRegistry(options);
    for (const { series, seen_at, ...identity } of json.entries.slice(0, options.max_series)) {
      try {
        if (!isIdentity(identity) || !Number.isFinite(seen_at)) continue;
        const watched = WatchedSeries.fromJSON(series, registry.#seriesOptions(identity));
        registry.#keep(identity, watched, seen_at);
      } catch {
        // No series, or no room for it: it begins anew.
      }
    }
    return registry;
  }

  #keep(identity: SeriesIdentity<Kind>, series: WatchedSeries, seenAt: number): RegistryEntry<Kind> {
    const entry: RegistryEntry<Kind> = {
      ...identity,
      series,
      limit: null,
      limit_name: null,
      seen_at: seenAt,
      assessment: null,
      is_deleted: false,
    };
    this.#entries.set(identity.key, entry);
    return entry;
  }
}

/** Whether a series can be gone on with: its state may have been written by a version that had a fault, or by nobody of us. */
function isIdentity({ key, kind, subject, unit, what, min_rise }: SeriesIdentity): boolean {
  const isText = (value: unknown) => typeof value === "string";
  return [key, kind, what, subject?.name].every(isText) && Object.hasOwn(QUANTUM, unit) &&
    [subject.unit, subject.container].every((value) => value === null || isText(value)) &&
    [subject.pid, subject.start_ticks].every((value) => value === null || Number.isFinite(value)) &&
    (min_rise === undefined || Number.isFinite(min_rise));
}
