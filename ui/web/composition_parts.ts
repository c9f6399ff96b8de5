/** The parts of memory as charts and bars show them, from the bottom of the stack to its top. */

import type { Composition } from "./api.ts";

export interface CompositionPart {
  column: keyof Composition;
  label: string;
  color: string;
  hatched?: boolean;
}

/** What cannot be given back lies at the bottom; what can, and what is free, above it. */
export const COMPOSITION_PARTS: readonly CompositionPart[] = [
  { column: "programs_bytes", label: "programs", color: "programs" },
  { column: "shared_bytes", label: "shared", color: "shared" },
  { column: "slab_bytes", label: "slab", color: "slab" },
  { column: "kernel_bytes", label: "kernel", color: "kernel" },
  { column: "unaccounted_bytes", label: "unaccounted", color: "unaccounted", hatched: true },
  { column: "cache_bytes", label: "page cache", color: "cache" },
  { column: "free_bytes", label: "free", color: "free" },
];

/** The parts that this view knows; where it cannot tell the kernel's from the programs', both are "in use". */
export function knownParts(memory: Composition): CompositionPart[] {
  return COMPOSITION_PARTS
    .filter((part) => memory[part.column] !== null)
    .map((part) =>
      part.column === "programs_bytes" && memory.kernel_bytes === null ? { ...part, label: "in use" } : part
    );
}
