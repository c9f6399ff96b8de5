import { formatBytes, formatChange, formatCount, plural } from "../../../model/format.ts";
import type { Analysis, MappingGroup, ProcessMappings } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, right } from "./common.ts";

const ROWS = 12;

/** What a process's memory is made of, and which part of it grew. */
export function mappingSections(analysis: Analysis): Section[] {
  if (analysis.mappings.length === 0) {
    return [shortSection("MAPPINGS", "/proc/PID/smaps", "none readable")];
  }
  return analysis.mappings.map((process) => mappingSection(process, analysis.duration_seconds > 0));
}

function mappingSection(process: ProcessMappings, watched: boolean): Section {
  const all = process.groups.reduce((sum, group) => sum + group.rss_bytes + group.swap_bytes, 0);
  const matters = (group: MappingGroup) =>
    (group.growth_bytes ?? 0) > 0 || group.rss_bytes + group.swap_bytes >= all / 100;
  const groups = process.groups.filter(matters).sort((a, b) =>
    (b.growth_bytes ?? 0) - (a.growth_bytes ?? 0) || b.private_bytes - a.private_bytes
  );
  const grown = groups.filter((group) => (group.growth_bytes ?? 0) > 0);
  const sum = grown.reduce((total, group) => total + group.growth_bytes!, 0);
  const remark = (bytes: number | null) => {
    if (bytes === null || sum < 256 * 1024 || bytes < sum / 2) return "";
    return bytes > sum * 0.95 ? "← all of the growth" : "← most of the growth";
  };
  const runtime = process.runtime ? `, ${process.runtime}` : "";
  const kept = groups.slice(0, ROWS);
  return {
    title: `MAPPINGS of ${process.name} (${process.pid}${runtime})`,
    source: `/proc/${process.pid}/smaps${watched ? ", start against end" : ""}`,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        { ...left("WHAT", 38), cut: "start" },
        right("MAPS"),
        right("RSS"),
        right("PRIVATE"),
        right("SWAP"),
        right("CHANGE"),
        left(""),
      ],
      rows: kept.map((group) => [
        groupTitle(group),
        formatCount(group.mappings),
        formatBytes(group.rss_bytes),
        formatBytes(group.private_bytes),
        formatBytes(group.swap_bytes),
        group.growth_bytes === null ? "" : formatChange(group.growth_bytes),
        remark(group.growth_bytes),
      ]),
      note: process.groups.length > kept.length
        ? `and ${plural(process.groups.length - kept.length, "small one")}`
        : undefined,
    }],
  };
}

const KIND_NAMES: Record<MappingGroup["kind"], string> = {
  "heap": "heap (brk)",
  "arena": "malloc arenas",
  "thread-stack": "thread stacks",
  "main-stack": "main stack",
  "anonymous": "anonymous",
  "named": "named",
  "jit": "code made at run time",
  "memfd": "memfd",
  "posix-shm": "POSIX",
  "system-v": "System V",
  "file": "",
  "kernel": "",
};

const groupTitle = ({ kind, name }: MappingGroup) => `${KIND_NAMES[kind]} ${name}`.trim();
