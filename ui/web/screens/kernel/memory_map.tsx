/** "Where is my memory", name by name, with what each means. */

import type { MemoryMapLine } from "../../api.ts";
import { bytes, share } from "../../format.ts";
import { Glossary } from "../../components/glossary.tsx";
import { MemoryBar } from "../../components/memory_bar.tsx";

const COLORS: [RegExp, string][] = [
  [/^free/, "free"],
  [/unaccounted/, "unaccounted"],
  [/cache|buffers/, "cache"],
  [/^shared/, "shared"],
  [/^programs|anonymous/, "programs"],
  [/slab/, "slab"],
];
const colorOf = (name: string): string => COLORS.find(([pattern]) => pattern.test(name))?.[1] ?? "kernel";

export function MemoryMap({ lines }: { lines: readonly MemoryMapLine[] }) {
  if (lines.length === 0) return null;
  const total = lines.reduce((sum, line) => sum + line.bytes, 0);
  const parts = lines.map((line) => {
    const color = colorOf(line.name);
    return { ...line, color, hatched: color === "unaccounted" };
  });
  return (
    <section aria-labelledby="map">
      <h2 id="map">
        Where is my memory <small>{bytes(total)}</small>
      </h2>
      <MemoryBar label="Memory" total={total} parts={parts} isBarOnly />
      <Glossary
        entries={parts.map((part) => ({
          ...part,
          value: bytes(part.bytes),
          more: share(part.bytes, total),
        }))}
      />
    </section>
  );
}
