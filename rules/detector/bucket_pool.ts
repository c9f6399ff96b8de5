/** Where the buckets of many series lie: a few large arrays, so that thousands of series cost bytes and no objects. */

/** Numbers per bucket. */
export const STRIDE = 6;
const BUCKET_BYTES = STRIDE * Float32Array.BYTES_PER_ELEMENT;

/** Rows of one series. */
export interface Rows {
  readonly values: Float32Array | Float64Array;
  /** Index of the first number. */
  readonly at: number;
  /** Buckets that fit. */
  readonly capacity: number;
}

/** Gives out rows and takes them back. */
export interface RowStore {
  /** Room for at least so many buckets; null where there is none. */
  allocate(buckets: number): Rows | null;
  release(rows: Rows): void;
}

/** Capacities of blocks; a series moves into the next one as it grows. */
const CAPACITIES: readonly number[] = [8, 16, 32, 48, 64, 96, 128, 192, 256];
/** Buckets of one slab: 144 KiB. A multiple of every capacity, or nearly. */
const SLAB_BUCKETS = 6144;
/** Slabs without a block in use that are kept for the next series; more go back to the machine. */
const MAX_SPARE = 2;

interface Slab {
  readonly values: Float32Array;
  capacity: number;
  /** Indices of free blocks. */
  free: Uint16Array;
  free_count: number;
}

interface PooledRows extends Rows {
  readonly slab: Slab;
}

/**
 * Rows within a budget. Each slab holds blocks of one capacity (as in a slab allocator: Bonwick 1994), and goes to another
 * capacity once all of its blocks are free. Numbers are 32-bit floats: the series give offsets, and a page of 4 KiB is exact up
 * to 64 GiB.
 */
export class BucketPool implements RowStore {
  readonly #maxSlabs: number;
  /** By capacity: slabs with a free block. */
  readonly #open = new Map<number, Slab[]>(CAPACITIES.map((capacity) => [capacity, []]));
  readonly #spare: Slab[] = [];
  /** How often there was no room. */
  refused = 0;
  #slabs = 0;
  #used = 0;

  constructor(readonly budget_bytes: number) {
    this.#maxSlabs = Math.max(1, Math.floor(budget_bytes / (SLAB_BUCKETS * BUCKET_BYTES)));
  }

  /** Memory of all blocks in use. */
  get used_bytes(): number {
    return this.#used * BUCKET_BYTES;
  }

  /** Memory of all slabs. */
  get reserved_bytes(): number {
    return this.#slabs * SLAB_BUCKETS * BUCKET_BYTES;
  }

  allocate(buckets: number): Rows | null {
    const capacity = CAPACITIES.find((each) => each >= buckets);
    if (capacity === undefined) throw new RangeError(`Cannot keep ${buckets} buckets: at most 256`);
    const open = this.#open.get(capacity)!;
    const slab = open.at(-1) ?? this.#newSlab(capacity);
    if (slab === null) {
      this.refused++;
      return null;
    }
    if (open.length === 0) open.push(slab);
    const block = slab.free[--slab.free_count]!;
    if (slab.free_count === 0) open.pop();
    this.#used += capacity;
    const rows: PooledRows = { values: slab.values, at: block * capacity * STRIDE, capacity, slab };
    return rows;
  }

  release(rows: Rows): void {
    const { slab, at, capacity } = rows as PooledRows;
    slab.free[slab.free_count++] = at / (capacity * STRIDE);
    this.#used -= capacity;
    const open = this.#open.get(capacity)!;
    if (slab.free_count === 1) open.push(slab);
    if (slab.free_count < Math.floor(SLAB_BUCKETS / capacity)) return;
    open.splice(open.indexOf(slab), 1);
    if (this.#spare.length < MAX_SPARE) this.#spare.push(slab);
    else this.#slabs--;
  }

  /** null where the budget is used up. */
  #newSlab(capacity: number): Slab | null {
    const blocks = Math.floor(SLAB_BUCKETS / capacity);
    let slab = this.#spare.pop();
    if (slab === undefined) {
      if (this.#slabs >= this.#maxSlabs) return null;
      this.#slabs++;
      slab = {
        values: new Float32Array(SLAB_BUCKETS * STRIDE),
        capacity,
        free: new Uint16Array(0),
        free_count: 0,
      };
    }
    slab.capacity = capacity;
    slab.free = Uint16Array.from({ length: blocks }, (_, i) => blocks - 1 - i);
    slab.free_count = blocks;
    return slab;
  }
}

/** Rows in doubles that belong to one series alone: for recordings, which are classified once. */
export const PRECISE_ROWS: RowStore = {
  allocate(buckets) {
    const capacity = CAPACITIES.find((each) => each >= buckets) ?? buckets;
    return { values: new Float64Array(capacity * STRIDE), at: 0, capacity };
  },
  release() {},
};

/** Rows in doubles for one series at a time: making a new series empties the one before. */
export function oneSeriesStore(): RowStore {
  const capacity = CAPACITIES.at(-1)!,
    rows = { values: new Float64Array(capacity * STRIDE), at: 0, capacity };
  return {
    allocate: () => rows,
    release() {},
  };
}
