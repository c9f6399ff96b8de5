import type { Analysis, ProcessMappings } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { formatBytes, formatChange, formatCount } from "../quantity.ts";
import { left, leftOut, right } from "./common.ts";

const ROWS = 12;

/** What a process's memory is made of, and which part of it grew. */
export function mappingSections(analysis: Analysis): Section[] {
  if (analysis.mappings.length === 0) {
    return [shortSection("MAPPINGS", "/proc/PID/smaps", "none readable")];
  }
  return analysis.mappings.map((process) => mappingSection(process, analysis.duration_seconds > 0));
}

function mappingSection(process: ProcessMappings, watched: boolean): Section {
  const groups = [...process.groups].sort((a, b) =>
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
        left("WHAT", 36),
        right("MAPS"),
        right("RSS"),
        right("PRIVATE"),
        right("SWAP"),
        right("CHANGE"),
        left(""),
      ],
      rows: kept.map((group) => [
        group.name,
        formatCount(group.mappings),
        formatBytes(group.rss_bytes),
        formatBytes(group.private_bytes),
        formatBytes(group.swap_bytes),
        group.growth_bytes === null ? "" : formatChange(group.growth_bytes),
        remark(group.growth_bytes),
      ]),
      note: leftOut(kept.length, groups.length)?.replace("; --top 0 lists all", ""),
    }],
  };
}
