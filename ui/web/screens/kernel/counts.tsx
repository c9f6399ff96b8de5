/** What the kernel counts, in objects and bytes. */

import type { KernelReply } from "../../api.ts";
import { bytes, count } from "../../format.ts";
import { type Entry, Glossary } from "../../components/glossary.tsx";

const COUNTS: { name: keyof KernelReply["counts"]; label: string; meaning: string }[] = [
  {
    name: "dying_cgroups",
    label: "dying cgroups",
    meaning: "deleted, but something still holds their memory",
  },
  { name: "cgroups", label: "cgroups", meaning: "that have a directory" },
  { name: "network_namespaces", label: "network namespaces", meaning: "alive in the kernel" },
  { name: "sockets", label: "sockets", meaning: "open on this machine" },
  { name: "inodes", label: "inodes", meaning: "kept in memory" },
  { name: "dentries", label: "dentries", meaning: "names of files kept in memory" },
  { name: "open_files", label: "open files", meaning: "of all processes" },
];

export function Counts({ reply: { counts, huge_pages, swap_devices } }: { reply: KernelReply }) {
  const entries: Entry[] = [
    ...COUNTS.filter(({ name }) => counts[name] !== null)
      .map(({ name, label, meaning }) => ({ name: label, value: count(counts[name]), meaning })),
    ...counts.tcp_bytes === null
      ? []
      : [{ name: "TCP memory", value: bytes(counts.tcp_bytes), meaning: "in socket buffers" }],
    ...(huge_pages ?? []).filter((pool) => pool.total > 0).map((pool) => ({
      name: "huge pages",
      value: bytes(pool.page_bytes * pool.total),
      meaning: `of ${bytes(pool.page_bytes)}; ${bytes(pool.page_bytes * pool.free)} of it unused`,
    })),
    ...(swap_devices ?? []).map((device) => ({
      name: `swap ${device.name}`,
      value: bytes(device.used_bytes),
      meaning: `of ${bytes(device.size_bytes)}`,
    })),
  ];
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">Counts</h2>
      <Glossary entries={entries} />
    </section>
  );
}
