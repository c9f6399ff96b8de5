import { formatBytes, formatCount, formatRatio, plural } from "../../../model/format.ts";
import type { ProcessRef } from "../../../model/sample.ts";
import type { OwnersReport } from "../../../rules/findings/shared_memory_owners.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Block, Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, leftOut, right, shown } from "./common.ts";

const SOURCE = "/proc/sysvipc/shm, /dev/shm, /proc/PID/fd, mounts, smaps_rollup";

/** System V, POSIX, memfd and tmpfs, each with who holds it; then shared against private memory per process. */
export function sharedMemorySection(analysis: Analysis, top: number): Section {
  const shared = analysis.shared_memory;
  const blocks: Block[] = [];
  const nothing: string[] = [];
  const list = <T>(name: string, items: readonly T[], make: (items: T[]) => Block) => {
    if (items.length === 0) nothing.push(name);
    else blocks.push(make(shown(items, top)));
  };
  if (shared) {
    list("System V", [...shared.system_v].sort((a, b) => b.rss_bytes - a.rss_bytes), (items) => ({
      kind: "table",
      columns: [
        right("SYSTEM V ID"),
        left("OWNER", 12),
        right("SIZE"),
        right("IN MEMORY"),
        right("SWAP"),
        right("ATTACHED"),
        left("CREATOR", 26),
      ],
      rows: items.map((segment) => [
        String(segment.id),
        segment.owner,
        formatBytes(segment.size_bytes),
        formatBytes(segment.rss_bytes),
        formatBytes(segment.swap_bytes),
        segment.attached === 0 ? { text: "nobody", tone: "warning" } : formatCount(segment.attached),
        `${nameOf(analysis, segment.creator_pid)} ${segment.creator_pid}`.trim(),
      ]),
      note: joined(
        leftOut(items.length, shared.system_v.length),
        shared.system_v.some((each) => each.attached === 0)
          ? "no process is attached: ipcrm -m ID frees it once its owner no longer needs it"
          : undefined,
      ),
    }));
    list("POSIX", [...shared.posix].sort((a, b) => b.size_bytes - a.size_bytes), (items) => ({
      kind: "table",
      columns: [left("POSIX /dev/shm", 40), left("OWNER", 12), right("SIZE"), left("HELD BY", 34)],
      rows: items.map((file) => [file.name, file.owner, formatBytes(file.size_bytes), holders(file.holders)]),
      note: leftOut(items.length, shared.posix.length),
    }));
    list("memfd", [...shared.memfd].sort((a, b) => b.size_bytes - a.size_bytes), (items) => ({
      kind: "table",
      columns: [left("MEMFD", 40), right("INODE"), right("SIZE"), left("HELD BY", 34)],
      rows: items.map((
        file,
      ) => [file.name, String(file.inode), formatBytes(file.size_bytes), holders(file.holders)]),
      note: leftOut(items.length, shared.memfd.length),
    }));
    const mounts = shared.tmpfs.filter((mount) => mount.used_bytes > 0).sort((a, b) =>
      b.used_bytes - a.used_bytes
    );
    list("tmpfs", mounts, (items) => ({
      kind: "table",
      columns: [left("TMPFS", 40), right("USED"), right("SIZE"), right("FULL"), right("FILES")],
      rows: items.map((mount) => [
        mount.mount,
        formatBytes(mount.used_bytes),
        mount.size_bytes === null ? "no limit" : formatBytes(mount.size_bytes),
        mount.size_bytes ? formatRatio(mount.used_bytes / mount.size_bytes) : "",
        formatCount(mount.inodes_used),
      ]),
      note: leftOut(items.length, mounts.length),
    }));
    blocks.push(...ownerBlocks(shared.owners, top));
  }
  const parts = analysis.processes.filter((process) =>
    process.pss_bytes !== null && process.uss_bytes !== null
  );
  if (parts.length > 0) blocks.push(sharesTable(analysis, top));
  if (blocks.length === 0) {
    return shortSection("SHARED MEMORY", SOURCE, shared ? "none in use" : "not readable");
  }
  if (nothing.length > 0) {
    blocks.push({ kind: "lines", lines: [{ text: `none in use: ${nothing.join(", ")}`, tone: "quiet" }] });
  }
  return { title: "SHARED MEMORY", source: SOURCE, short: null, blocks };
}

/** What only a closer look tells: files in tmpfs, deleted files that live on, and memory that no visible process holds. */
function ownerBlocks(owners: OwnersReport | null, top: number): Block[] {
  if (!owners) return [];
  const blocks: Block[] = [];
  const files = owners.rows.flatMap((row) => row.files).sort((a, b) => b.bytes - a.bytes);
  if (files.length > 0) {
    blocks.push({
      kind: "table",
      columns: [left("LARGEST FILES IN TMPFS", 60), right("SIZE")],
      rows: shown(files, top).map((file) => [file.path, formatBytes(file.bytes)]),
    });
  }
  const deleted = owners.rows.filter((row) => row.kind === "deleted-file");
  if (deleted.length > 0) {
    const kept = shown(deleted, top);
    blocks.push({
      kind: "table",
      columns: [left("DELETED, STILL OPEN", 40), right("SIZE"), left("HELD BY", 34)],
      rows: kept.map((row) => [row.name, formatBytes(row.bytes), holders(row.holders)]),
      note: joined(leftOut(kept.length, deleted.length), "freed when the last holder closes it"),
    });
  }
  if (owners.notes.length > 0) blocks.push({ kind: "lines", lines: owners.notes });
  return blocks;
}

/** PSS splits what is shared among its users; USS is what would be free if the process ended. */
function sharesTable(analysis: Analysis, top: number): Block {
  const rows = analysis.processes.filter((process) =>
    process.pss_bytes !== null && process.uss_bytes !== null
  )
    .sort((a, b) => b.pss_bytes! - a.pss_bytes!);
  const kept = shown(rows, top);
  return {
    kind: "table",
    columns: [
      right("PID"),
      left("NAME", 18),
      right("RSS"),
      right("PSS"),
      right("PRIVATE (USS)"),
      right("SHARED (RSS − USS)"),
    ],
    rows: kept.map((process) => [
      String(process.pid),
      process.name,
      formatBytes(process.rss_bytes),
      formatBytes(process.pss_bytes),
      formatBytes(process.uss_bytes),
      formatBytes(Math.max(0, process.rss_bytes - process.uss_bytes!)),
    ]),
    note: leftOut(kept.length, rows.length),
  };
}

const nameOf = (analysis: Analysis, pid: number) =>
  analysis.processes.find((process) => process.pid === pid)?.name ?? "";

function holders(list: readonly ProcessRef[]): string {
  if (list.length === 0) return "no visible process";
  const words = list.slice(0, 2).map((holder) => `${holder.name} ${holder.pid}`).join(", ");
  return list.length > 2 ? `${words} and ${plural(list.length - 2, "other")}` : words;
}

const joined = (...notes: (string | undefined)[]) => notes.filter(Boolean).join("; ") || undefined;
