import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";
import { WatchedSeries, type WatchedSeriesJson } from "./watched_series.ts";

/** What is watched, and who it belongs to. */
export interface SeriesIdentity {
  /** Unique per identity: a pid that is used again is another series. */
  key: string;
  kind: FindingKind;
  subject: Subject;
  unit: Unit;
  /** What is measured, for the sentence. */
  what: string;
  /** A rise below this is never a leak. */
  min_rise?: number;
}

/** A watched series and what is known about it now. */
export interface RegistryEntry extends SeriesIdentity {
  series: WatchedSeries;
  /** Value that must not be reached, in the unit of the series, and its name. */
  limit: number | null;
  limit_name: string | null;
  seen_at: number;
  assessment: Assessment | null;
}

export interface RegistryJson {
  entries: (SeriesIdentity & { seen_at: number; series: WatchedSeriesJson })[];
}

export interface RegistryOptions {
  /** Looks that must agree before a leak is called one. */
  confirmations: number;
  /** Series kept at most; beyond that new ones are not watched until old ones end. */
  max_series: number;
}

/** All series of a machine, each under its own identity, with bounds on memory and on work. */
export class SeriesRegistry {
  readonly #entries = new Map<string, RegistryEntry>();
  readonly #options: RegistryOptions;
  /** Entries that move, in the order in which they are judged. */
  #round: RegistryEntry[] = [];
  #next = 0;
  #refused = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#options.max_series;
  }

  /** Series that could not be watched because the registry was full. */
  get refused(): number {
    return this.#refused;
  }

  get(key: string): RegistryEntry | undefined {
    return this.#entries.get(key);
  }

  values(): IterableIterator<RegistryEntry> {
    return this.#entries.values();
  }

  /** The entry of this identity, made where there is none; null where the registry is full. */
  entry(identity: SeriesIdentity): RegistryEntry | null {
    const known = this.#entries.get(identity.key);
    if (known) return known;
    if (this.isFull) {
      this.#refused++;
      return null;
    }
    const { confirmations } = this.#options;
    const series = new WatchedSeries({ ...identity, confirmations });
    return this.#keep(identity, series, -Infinity);
  }

  /** Adds a sample to an entry. */
  push(
    entry: RegistryEntry,
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
      if (!entry.series.isDue(true)) continue;
      entry.assessment = entry.series.classify(entry.limit);
      judged++;
    }
  }

  /** Judges every series that moves and is due, up to `most`, those that grew most likely first. */
  classifyAll(most: number): void {
    const due: RegistryEntry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.series.moves && entry.series.isDue()) due.push(entry);
    }
    due.sort((a, b) => (b.assessment?.score ?? 1) - (a.assessment?.score ?? 1));
    for (const entry of due.slice(0, most)) entry.assessment = entry.series.classify(entry.limit);
  }

  /** Forgets those not seen since `before`; each is handed to `ended` first. */
  expire(before: number, ended?: (entry: RegistryEntry) => void): void {
    for (const [key, entry] of this.#entries) {
      if (entry.seen_at >= before) continue;
      ended?.(entry);
      this.#entries.delete(key);
    }
    this.#round = this.#round.filter((entry) => this.#entries.has(entry.key));
    this.#next = Math.min(this.#next, this.#round.length);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#round = [];
    this.#next = 0;
  }

  toJSON(): RegistryJson {
    const entries = [...this.#entries.values()].map((entry) => {
      const { key, kind, subject, unit, what, min_rise, seen_at } = entry;
      return { key, kind, subject, unit, what, min_rise, seen_at, series: entry.series.toJSON() };
    });
    return { entries };
  }

  static fromJSON(json: RegistryJson, options: RegistryOptions): SeriesRegistry {
    const registry = new SeriesRegistry(options), { confirmations } = options;
    for (const { series, seen_at, ...identity } of json.entries.slice(0, options.max_series)) {
      registry.#keep(identity, WatchedSeries.fromJSON(series, { ...identity, confirmations }), seen_at);
    }
    return registry;
  }

  #keep(identity: SeriesIdentity, series: WatchedSeries, seenAt: number): RegistryEntry {
    const entry: RegistryEntry = {
      ...identity,
      series,
      limit: null,
      limit_name: null,
      seen_at: seenAt,
      assessment: null,
    };
    this.#entries.set(identity.key, entry);
    return entry;
  }
}
