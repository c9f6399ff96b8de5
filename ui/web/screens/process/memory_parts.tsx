/** The parts of a process's memory, as one bar. */

import type { ProcessReply } from "../../api.ts";
import { bytes } from "../../format.ts";
import { MemoryBar } from "../../components/memory_bar.tsx";

export function MemoryParts({ reply: { parts, process } }: { reply: ProcessReply }) {
  const shownParts = [
    { name: "anonymous", bytes: parts.anon_bytes ?? 0, color: "programs" },
    { name: "shared memory", bytes: parts.shmem_bytes ?? 0, color: "shared" },
    { name: "files", bytes: parts.file_bytes ?? 0, color: "cache" },
    { name: "swapped out", bytes: parts.swap_bytes ?? 0, color: "unaccounted", hatched: true },
    { name: "page tables", bytes: parts.page_tables_bytes ?? 0, color: "kernel" },
  ];
  const total = shownParts.reduce((sum, part) => sum + part.bytes, 0);
  if (total === 0) return null;
  return (
    <section aria-labelledby="parts">
      <h2 id="parts">What its memory is made of</h2>
      <MemoryBar
        label="Memory of the process"
        parts={shownParts.filter((part) => part.bytes > 0)}
        total={total}
      />
      <p class="faint also">
        virtual {bytes(process.vsz_bytes)}
        {parts.peak_rss_bytes !== null && ` · highest resident ${bytes(parts.peak_rss_bytes)}`}
        {parts.pss_bytes !== null && ` · proportional ${bytes(parts.pss_bytes)}`}
        {parts.uss_bytes !== null && ` · unique ${bytes(parts.uss_bytes)}`}
      </p>
    </section>
  );
}
