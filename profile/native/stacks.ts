/** Stacks of recorded events, each kept once; frames become text only for the few that are shown. */

import { formatFrame } from "../frame.ts";
import type { PerfFrame } from "./perf_script.ts";

export class StackTable {
  readonly #ids = new Map<string, number>();
  readonly #stacks: PerfFrame[][] = [];

  /** The number of a stack. */
  add(frames: readonly PerfFrame[]): number {
    const key = frames.map(({ offset, dso }) => `${offset} ${dso}`).join("\n");
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#stacks.push([...frames]) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  get(id: number): readonly PerfFrame[] {
    return this.#stacks[id]!;
  }
}

/** A frame without source line: `function (library)`; the offset where it has no name. */
export function frameText({ offset, symbol, dso }: PerfFrame): string {
  const file = dso.split("/").at(-1) || dso;
  return formatFrame({ name: symbol ?? `0x${offset}`, file: file.replaceAll(/\s/g, "_"), line: null });
}
