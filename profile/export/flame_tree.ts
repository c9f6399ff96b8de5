/** Sites as a tree of frames from the outside in: what a flame graph draws. Pure. */

import type { ProfileResult } from "../result.ts";

export interface FlameNode {
  /** Frame, or type. Hostile. */
  name: string;
  /** Bytes, or counts where bytes are not sound: its own and all its children's. */
  value: number;
  children: FlameNode[];
}

/** The tree of a result; null where it has no stacks. */
export function flameTree({ sites }: Pick<ProfileResult, "sites">): FlameNode | null {
  if (sites.every(({ stack }) => stack.length === 0)) return null;
  const isBytes = sites.some(({ live_bytes }) => live_bytes !== null);
  const root: FlameNode = { name: "all", value: 0, children: [] };
  for (const { stack, type, live_bytes, count } of sites) {
    const value = Math.max(0, (isBytes ? live_bytes : count) ?? 0);
    if (value === 0) continue;
    let node = root;
    node.value += value;
    for (const name of [...[...stack].reverse(), ...(type === null ? [] : [type])]) {
      let child = node.children.find((one) => one.name === name);
      if (child === undefined) {
        child = { name, value: 0, children: [] };
        node.children.push(child);
      }
      child.value += value;
      node = child;
    }
  }
  return root;
}
