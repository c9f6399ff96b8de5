/** What was mapped and not unmapped, from the system calls of one process. Pure. */

import { detail, type PerfEvent } from "./perf_script.ts";
import { StackTable } from "./stacks.ts";

export interface MappedRange {
  begin: number;
  end: number;
  stack: number;
}

interface Call {
  name: string;
  event: PerfEvent;
}

/** PROT_WRITE: memory that is only reserved is mapped without it. */
const PROT_WRITE = 2;

/**
 * Feed it events in order of time: entries with stacks, exits with results, matched by thread. What was mapped before is not
 * known, so unmapping it changes nothing.
 */
export class MappingPairer {
  readonly stacks = new StackTable();
  #ranges: MappedRange[] = [];
  readonly #calls = new Map<number, Call>();

  add(event: PerfEvent): void {
    const match = /^syscalls:sys_(enter|exit)_(mmap|munmap|mremap)$/.exec(event.name);
    if (match === null) return;
    const [, side, name] = match;
    if (name === "munmap") this.#unmap(detail(event, "addr") ?? 0, detail(event, "len") ?? 0);
    else if (side === "enter") this.#calls.set(event.tid, { name: name!, event });
    else this.#exit(event, name!);
  }

  #exit(event: PerfEvent, name: string): void {
    const call = this.#calls.get(event.tid);
    this.#calls.delete(event.tid);
    const address = Number(/^(0x[0-9a-f]+)/.exec(event.details)?.[1] ?? NaN);
    // Errors are the last page of the address space.
    if (call?.name !== name || !(address > 0) || address >= 2 ** 63) return;
    if (name === "mmap") this.#map(call.event, address);
    else this.#move(call.event, address);
  }

  #map(event: PerfEvent, address: number): void {
    const length = detail(event, "len") ?? 0;
    if (((detail(event, "prot") ?? PROT_WRITE) & PROT_WRITE) === 0) return;
    this.#unmap(address, length); // MAP_FIXED replaces
    this.#ranges.push({ begin: address, end: address + length, stack: this.stacks.add(event.frames) });
  }

  /** mremap: the block keeps its first stack; of one that is not known only what it grew by is new. */
  #move(event: PerfEvent, address: number): void {
    const [from, old, length] = ["addr", "old_len", "new_len"].map((name) => detail(event, name) ?? 0) as [
      number,
      number,
      number,
    ];
    const known = this.#ranges.find(({ begin, end }) => begin <= from && from < end);
    this.#unmap(from, old);
    const stack = known?.stack ?? this.stacks.add(event.frames);
    if (known !== undefined) this.#ranges.push({ begin: address, end: address + length, stack });
    else if (length > old) this.#ranges.push({ begin: address + old, end: address + length, stack });
  }

  #unmap(begin: number, length: number): void {
    const end = begin + length;
    const at = this.#ranges.findIndex((range) => range.begin === begin && range.end === end);
    if (at >= 0) {
      this.#ranges.splice(at, 1);
      return;
    }
    if (!this.#ranges.some((range) => range.begin < end && range.end > begin)) return;
    this.#ranges = this.#ranges.flatMap((range) => {
      if (range.begin >= end || range.end <= begin) return [range];
      return [{ ...range, end: Math.min(range.end, begin) }, { ...range, begin: Math.max(range.begin, end) }]
        .filter((part) => part.begin < part.end);
    });
  }

  /** What is still mapped. */
  outstanding(): readonly MappedRange[] {
    return this.#ranges;
  }
}
