/** What was allocated and not freed, from the entries, returns and frees of an allocator's functions. Pure. */

import type { CallKind } from "./allocator.ts";
import { detail, type PerfEvent, type PerfFrame } from "./perf_script.ts";
import { StackTable } from "./stacks.ts";

export interface Outstanding {
  stack: number;
  live_bytes: number;
  count: number;
}

interface Call {
  kind: CallKind;
  size: number;
  /** realloc's old block. */
  old: number | null;
  stack: number;
}

/** Calls nest (realloc calls malloc, operator new does); deeper means that returns were lost. */
const MAX_NESTED = 16;
/** Blocks held at a time; what comes beyond is not counted, and said. */
const MAX_LIVE = 4_000_000;

/**
 * Feed it events in order of time. A call is matched with its return by thread; a nested one returns the block of the outer
 * one, which then takes it over with its own stack and size. Blocks freed that were never seen belong to the time before.
 */
export class AllocationPairer {
  readonly stacks = new StackTable();
  readonly #live = new Map<number, { size: number; stack: number }>();
  readonly #calls = new Map<number, Call[]>();
  allocations = 0;

  /** `frameOf` names the code at an address: for callers of functions that cannot be unwound. */
  constructor(readonly frameOf: (address: number) => PerfFrame | null = () => null) {}

  /** Blocks beyond the bound. */
  uncounted = 0;

  add(event: PerfEvent): void {
    const name = event.name.slice(event.name.indexOf(":") + 1);
    const match = /^(malloc|calloc|realloc|memalign|free)_\d+(_ret)?/.exec(name);
    if (match === null) return;
    const kind = match[1] as CallKind;
    if (kind === "free") this.#free(detail(event, "ptr"));
    else if (match[2]) this.#return(event, kind);
    else this.#enter(event, kind);
  }

  #enter(event: PerfEvent, kind: CallKind): void {
    const size = detail(event, "size");
    if (size === null) return;
    const calls = this.#calls.get(event.tid) ?? [];
    this.#calls.set(event.tid, calls);
    if (calls.length >= MAX_NESTED) calls.shift();
    calls.push({
      kind,
      size: kind === "calloc" ? size * (detail(event, "count") ?? 1) : size,
      old: kind === "realloc" ? detail(event, "ptr") : null,
      stack: this.stacks.add(this.#withCaller(event)),
    });
  }

  /** Where the unwinder found nothing behind the function itself, the return address still tells its caller. */
  #withCaller(event: PerfEvent): readonly PerfFrame[] {
    const address = detail(event, "caller");
    if (event.frames.length > 1 || address === null) return event.frames;
    // The address behind the call: one byte before it is still within the line of the call.
    const caller = this.frameOf(address - 1);
    return caller === null ? event.frames : [...event.frames, caller];
  }

  #return(event: PerfEvent, kind: CallKind): void {
    const calls = this.#calls.get(event.tid) ?? [];
    let call = calls.pop();
    // Calls whose return was lost lie above.
    while (call !== undefined && call.kind !== kind) call = calls.pop();
    const block = detail(event, "ptr");
    if (call === undefined || block === null) return;
    // realloc(p, 0) frees; a failed realloc leaves the old block as it is.
    if (call.old !== null && (block !== 0 || call.size === 0)) this.#free(call.old);
    if (block === 0) return;
    this.allocations++;
    if (this.#live.size >= MAX_LIVE && !this.#live.has(block)) this.uncounted++;
    else this.#live.set(block, { size: call.size, stack: call.stack });
  }

  #free(block: number | null): void {
    if (block !== null) this.#live.delete(block);
  }

  /** What is left, by stack, largest first. */
  outstanding(): Outstanding[] {
    const byStack = new Map<number, Outstanding>();
    for (const { size, stack } of this.#live.values()) {
      const one = byStack.get(stack) ?? { stack, live_bytes: 0, count: 0 };
      byStack.set(stack, one);
      one.live_bytes += size;
      one.count++;
    }
    return [...byStack.values()].sort((a, b) => b.live_bytes - a.live_bytes);
  }
}
