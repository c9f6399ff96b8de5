/** Memory that belongs to no single process: who made it and who holds it. */

import type { SharedMemory as Shared } from "../../api.ts";
import { bytes } from "../../format.ts";
import { Glossary } from "../../components/glossary.tsx";

const MAX_ROWS = 20;

const named = (holders: readonly { name: string; pid: number }[]): string =>
  holders.map(({ name, pid }) => `${name} (${pid})`).join(", ");

export function SharedMemory({ shared }: { shared: Shared | null }) {
  if (!shared) return null;
  const entries = [
    ...shared.system_v.map((segment) => ({
      name: `System V ${segment.id}`,
      size: segment.size_bytes,
      meaning: `${segment.owner}, ${
        segment.attached === 0 ? "no process attached" : `${segment.attached} attached`
      }`,
    })),
    ...shared.posix.map((segment) => ({
      name: `/dev/shm/${segment.name}`,
      size: segment.size_bytes,
      meaning: named(segment.holders) || `${segment.owner}, no holder`,
    })),
    ...shared.memfd.map((file) => ({
      name: `memfd ${file.name}`,
      size: file.size_bytes,
      meaning: named(file.holders),
    })),
    ...shared.tmpfs.map((mount) => ({
      name: `tmpfs ${mount.mount}`,
      size: mount.used_bytes,
      meaning: mount.size_bytes === null ? "no limit" : `of ${bytes(mount.size_bytes)}`,
    })),
  ].sort((a, b) => b.size - a.size).slice(0, MAX_ROWS);
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">Shared memory</h2>
      {entries.length === 0
        ? <p class="quiet">None.</p>
        : <Glossary entries={entries.map((entry) => ({ ...entry, value: bytes(entry.size) }))} />}
    </section>
  );
}
