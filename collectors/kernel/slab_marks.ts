import { readTextOrNull } from "../fs.ts";

/** A cache's name is a directory below /sys/kernel/slab; modules have made some with odd characters. */
const NAME = /^[\w:.@-]{1,128}$/;

/**
 * The kernel's mark of reclaimable caches, each read once: what a cache is made with does not change while its name stays. null where SLUB
 * does not tell (another allocator, no /sys, not root).
 */
export class SlabMarks {
  readonly #known = new Map<string, boolean | null>();

  constructor(readonly sysRoot: string) {}

  isReclaimAccounted(cache: string): boolean | null {
    let mark = this.#known.get(cache);
    if (mark === undefined) this.#known.set(cache, mark = this.#read(cache));
    return mark;
  }

  #read(cache: string): boolean | null {
    if (!NAME.test(cache) || cache.startsWith(".")) return null;
    const text = readTextOrNull(`${this.sysRoot}/kernel/slab/${cache}/reclaim_account`)?.trim();
    return text === "1" ? true : text === "0" ? false : null;
  }
}
