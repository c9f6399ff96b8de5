import type { ProcessEntry } from "./process_entry.ts";
import { openKept } from "../kept_file.ts";
import { readLimits } from "../procfs/limits.ts";

/** Left for logs, sockets, the page and whatever a run of leakwatch opens. */
const RESERVED_DESCRIPTORS = 256;
/** A kept handle costs 4 KiB of kernel memory; beyond this many the small processes are opened anew each time. */
const MAX_KEPT = 8192;
const REBALANCE_EVERY_SECONDS = 60;

/** How many handles may be kept open, from our own soft RLIMIT_NOFILE. */
export function keptHandlesFor(softLimit: number | null): number {
  if (softLimit === null) return MAX_KEPT;
  return Math.max(0, Math.min(MAX_KEPT, softLimit - Math.max(RESERVED_DESCRIPTORS, softLimit >> 2)));
}

/** Without an address space: nothing will ever be read of it again. */
const isEnded = (state: string) => state === "Z" || state === "X";

/** Decides whose statm is kept open: the suspects and the largest where there are more processes than handles. */
export class HandleBudget {
  kept = 0;
  readonly #most: number;
  #rebalancedAt = 0;

  constructor(most = keptHandlesFor(readLimits("self")?.open_files?.soft ?? 1024)) {
    this.#most = most;
  }

  /** Opens the entry's statm to keep, if there is room. "gone": there is no such process any more. */
  keep(entry: ProcessEntry): "kept" | "full" | "gone" {
    if (this.kept >= this.#most) return "full";
    try {
      entry.statm = openKept(`${entry.memory_directory}/statm`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "gone";
      return "full";
    }
    this.kept++;
    return "kept";
  }

  release(entry: ProcessEntry): void {
    if (entry.statm === null) return;
    entry.statm.close();
    entry.statm = null;
    this.kept--;
  }

  /** Once a minute, where not all are kept: the handles go to the focused and the largest. */
  rebalance(entries: readonly ProcessEntry[], nowSeconds: number): void {
    if (nowSeconds - this.#rebalancedAt < REBALANCE_EVERY_SECONDS) return;
    this.#rebalancedAt = nowSeconds;
    const users = entries.filter(({ record }) => !record.is_kernel_thread && !isEnded(record.state));
    if (users.length <= this.kept) return;
    const wanted = users
      .sort((a, b) => Number(b.focused) - Number(a.focused) || b.record.rss_bytes - a.record.rss_bytes)
      .slice(0, this.#most);
    const chosen = new Set(wanted);
    for (const entry of entries) if (!chosen.has(entry)) this.release(entry);
    for (const entry of wanted) if (entry.statm === null) this.keep(entry);
  }
}
