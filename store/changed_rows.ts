/** A change counts from the larger of these on: a share of what was logged last, and a floor against chatter. */
const NOTICEABLE_SHARE = 0.01;
/** A quarter of what the detector takes for movement at all. */
export const NOTICEABLE_BYTES = 64 * 1024;
export const NOTICEABLE_COUNT = 4;
/** What does not change has a row as often as this. */
export const SILENT_SECONDS = 3600;

/** Whether a value differs from the one logged last by enough for a row; one that becomes known does. */
export function differs(now: number | null, before: number | null, floor: number): boolean {
  if (now === null || before === null) return now !== before;
  return Math.abs(now - before) >= Math.max(floor, Math.abs(before) * NOTICEABLE_SHARE);
}

export interface ChangedRowsOptions<Thing> {
  keyOf(thing: Thing): string;
  /** Sizes in bytes that a row is written for when one of them changes. */
  sizes(thing: Thing): (number | null)[];
}

interface Logged<Thing> {
  thing: Thing;
  sizes: (number | null)[];
  at: number;
  pass: number;
}

/** Which of several things get a row now: new ones, those that changed since their last row, and all of them once an hour. */
export class ChangedRows<Thing> {
  readonly #options: ChangedRowsOptions<Thing>;
  readonly #logged = new Map<string, Logged<Thing>>();
  #pass = 0;

  constructor(options: ChangedRowsOptions<Thing>) {
    this.#options = options;
  }

  /** `always`: these get one in any case. */
  select(things: readonly Thing[], timeSeconds: number, always?: (thing: Thing) => boolean): Thing[] {
    const { keyOf, sizes: sizesOf } = this.#options;
    this.#pass++;
    return things.filter((thing) => {
      const key = keyOf(thing), sizes = sizesOf(thing), logged = this.#logged.get(key);
      if (logged) logged.pass = this.#pass;
      const isDue = !logged || always?.(thing) || timeSeconds - logged.at >= SILENT_SECONDS ||
        sizes.some((size, i) => differs(size, logged.sizes[i]!, NOTICEABLE_BYTES));
      if (isDue) this.#logged.set(key, { thing, sizes, at: timeSeconds, pass: this.#pass });
      return isDue;
    });
  }

  /** Those with a row that the last `select` was not given any more; each once. */
  takeEnded(): Thing[] {
    const ended: Thing[] = [];
    for (const [key, { thing, pass }] of this.#logged) {
      if (pass === this.#pass) continue;
      this.#logged.delete(key);
      ended.push(thing);
    }
    return ended;
  }
}
