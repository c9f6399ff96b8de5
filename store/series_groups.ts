/** Rows of a table by whom they are about, each with its points, within bounds of memory. */

import { SeriesPoints } from "./series_points.ts";

/** Things that one table tells apart; each costs a kilobyte or two. */
export const MAX_GROUPS = 100_000;
/** Numbers kept in all, 8 bytes each. */
const MAX_NUMBERS = 3 << 20;
/** Nothing is thinned below this. */
const MIN_POINTS = 1024;

export interface Group {
  /** The bytes of its identity. */
  key: Uint8Array;
  /** `{PID="7",Name="x"}`; empty where the table is about one thing. */
  label: string;
  points: SeriesPoints;
}

export class SeriesGroups {
  readonly #byHash = new Map<number, Group[]>();
  #key = new Uint8Array(256);
  #numbers = 0;
  /** Rows of at least so many points are thinned when it gets tight. */
  #least = 32_768;
  readonly all: Group[] = [];

  constructor(readonly columns: number) {}

  /**
   * The group of a row, whose fields lie between starts and ends; `identity` are the indexes of those that tell rows apart.
   * null where there are too many groups.
   */
  of(
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    identity: readonly number[],
    label: () => string,
  ): Group | null {
    const length = this.#collect(bytes, starts, ends, identity);
    let hash = 0x811c9dc5; // FNV-1a
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ this.#key[i]!, 0x01000193);
    const alike = this.#byHash.get(hash);
    const known = alike?.find(({ key }) => isSame(key, this.#key, length));
    if (known) return known;
    if (this.all.length >= MAX_GROUPS) return null;
    const points = new SeriesPoints(this.columns);
    const group = { key: this.#key.slice(0, length), label: label(), points };
    this.all.push(group);
    if (alike) alike.push(group);
    else this.#byHash.set(hash, [group]);
    this.#numbers += points.capacity;
    return group;
  }

  push({ points }: Group, row: Float64Array): void {
    const before = points.capacity;
    points.push(row);
    this.#numbers += points.capacity - before;
    while (this.#numbers > MAX_NUMBERS && this.#least > MIN_POINTS) this.#thin();
  }

  #thin(): void {
    this.#least /= 2;
    for (const { points } of this.all) {
      while (points.count >= this.#least) {
        this.#numbers -= points.capacity;
        points.thin();
        this.#numbers += points.capacity;
      }
    }
  }

  /** Writes the identity's fields behind each other; each ends in a byte that no text in UTF-8 holds. */
  #collect(
    bytes: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    identity: readonly number[],
  ): number {
    let length = 0;
    for (const index of identity) {
      const start = starts[index]!, end = ends[index]!;
      const needed = length + end - start + 1;
      if (needed > this.#key.length) {
        const grown = new Uint8Array(2 * needed);
        grown.set(this.#key);
        this.#key = grown;
      }
      for (let at = start; at < end; at++) this.#key[length++] = bytes[at]!;
      this.#key[length++] = 0xff;
    }
    return length;
  }
}

function isSame(key: Uint8Array, other: Uint8Array, length: number): boolean {
  if (key.length !== length) return false;
  for (let i = 0; i < length; i++) if (key[i] !== other[i]) return false;
  return true;
}
