import {
  formatBytes,
  formatChange,
  formatCount,
  formatCountChange,
  formatDuration,
  formatRatio,
  plural,
  UNKNOWN,
} from "../../../model/format.ts";
import type { Analysis, AnalyzedProcess } from "../../analyze/model.ts";
import type { Cell, Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, perHour, right, shown, verdictCell } from "./common.ts";

/** Below this a change within a window is measuring noise: statm may be off by dozens of pages per CPU (DESIGN §5). */
const MIN_CHANGE_BYTES = 256 * 1024;

const MIN_RATE_SECONDS = 60;

export function topSections(analysis: Analysis, top: number): Section[] {
  const sections = [
    ranking(analysis, top, "TOP BY RSS", "/proc/PID/statm, status", (process) => process.rss_bytes),
    ranking(analysis, top, "TOP BY VSZ", "/proc/PID/statm", (process) => process.vsz_bytes),
  ];
  if (analysis.processes.some((process) => (process.swap_bytes ?? 0) > 0)) {
    sections.push(
      ranking(analysis, top, "TOP BY SWAP", "/proc/PID/status", (process) => process.swap_bytes ?? 0),
    );
  }
  return sections;
}

function ranking(
  analysis: Analysis,
  top: number,
  title: string,
  source: string,
  measure: (process: AnalyzedProcess) => number,
): Section {
  const ranked = analysis.processes.filter((process) => measure(process) > 0).sort((a, b) =>
    measure(b) - measure(a)
  );
  if (ranked.length === 0) return shortSection(title, source, "no process with its own memory is visible");
  return {
    title,
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        right("PID"),
        left("NAME", 18),
        left("USER", 10),
        right("RSS"),
        right("ANON"),
        right("SWAP"),
        right("VSZ"),
        right("FDS"),
        right("GROWTH/h"),
        left("VERDICT"),
      ],
      rows: shown(ranked, top).map((process) => [
        String(process.pid),
        process.name,
        process.user,
        formatBytes(process.rss_bytes),
        formatBytes(process.anon_bytes),
        formatBytes(process.swap_bytes),
        formatBytes(process.vsz_bytes),
        formatCount(process.open_descriptors),
        growthPerHour(analysis, process),
        verdictCell(process.verdict),
      ]),
    }],
  };
}

/** The judged rate where there is one; otherwise the plain change, and nothing where it is within the noise. */
function growthPerHour(analysis: Analysis, process: AnalyzedProcess): Cell {
  const finding = analysis.findings.find((each) =>
    each.kind === "process-memory" && each.subject.pid === process.pid &&
    each.subject.start_ticks === process.start_ticks
  );
  if (finding?.rate_per_hour) return formatChange(finding.rate_per_hour.mid);
  const growth = process.growth;
  // A rate out of a few seconds is no rate; GROWTH has the change itself.
  if (!growth || growth.memory_bytes === null || growth.seconds < MIN_RATE_SECONDS) return "";
  if (Math.abs(growth.memory_bytes) < MIN_CHANGE_BYTES) return "0";
  return formatChange(perHour(growth.memory_bytes, growth.seconds));
}

/** Who grew while we watched, with the work done meanwhile. */
export function growthSection(analysis: Analysis, top: number): Section {
  const source = "/proc/PID/statm, status, stat: end against start";
  if (analysis.duration_seconds === 0) {
    return shortSection("GROWTH", source, "not watched: give --duration more than 0");
  }
  const grown = analysis.processes
    .filter((process) => (process.growth?.memory_bytes ?? 0) >= MIN_CHANGE_BYTES)
    .sort((a, b) => b.growth!.memory_bytes! - a.growth!.memory_bytes!);
  const { started, ended } = analysis.process_counts;
  const turnover = `${plural(started, "process", "processes")} started and ${ended} ended meanwhile`;
  if (grown.length === 0) return shortSection("GROWTH", source, `no process grew; ${turnover}`);
  return {
    title: "GROWTH",
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        right("PID"),
        left("NAME", 18),
        right("GREW"),
        right("WITHIN"),
        right("TO"),
        right("FDS"),
        right("THREADS"),
        right("CPU USED"),
        left("VERDICT"),
      ],
      rows: shown(grown, top).map((process) => [
        String(process.pid),
        process.name,
        formatChange(process.growth!.memory_bytes),
        formatDuration(Math.round(process.growth!.seconds)),
        formatBytes(process.memory_bytes),
        changed(process.growth!.open_descriptors),
        changed(process.growth!.threads),
        cpuShare(process),
        verdictCell(process.verdict),
      ]),
      note: turnover,
    }, ...charts(analysis)],
  };
}

const changed = (change: number | null) => change === null ? UNKNOWN : formatCountChange(change);

function cpuShare({ growth }: AnalyzedProcess): string {
  return growth?.cpu_seconds == null ? UNKNOWN : formatRatio(growth.cpu_seconds / growth.seconds);
}

function charts(analysis: Analysis): Section["blocks"] {
  return analysis.timeline.processes.map((each) => ({
    kind: "chart",
    title: `${each.name} (${each.pid})`,
    unit: "bytes",
    stacked: false,
    time_seconds: each.time_seconds,
    lines: [{ name: "anonymous + shared + swap", values: each.memory_bytes }],
  }));
}

/** Zombies by parent, for it is the parent that has to be fixed. */
export function zombieSection(analysis: Analysis): Section {
  const source = "/proc/PID/stat";
  const { zombies } = analysis;
  if (zombies.length === 0) return shortSection("ZOMBIES", source, "none");
  const parents = Map.groupBy(zombies, (zombie) => zombie.ppid);
  const lines = [...parents].sort((a, b) => b[1].length - a[1].length).map(([ppid, children]): Cell => {
    const names = Map.groupBy(children, (child) => child.name);
    const what = [...names].slice(0, 3).map(([name, each]) =>
      each.length > 1 ? `${each.length} × ${name}` : name
    );
    const oldest = Math.max(...children.map((child) => child.age_seconds));
    const pids = children.slice(0, 4).map((child) => child.pid).join(", ") +
      (children.length > 4 ? " …" : "");
    return `${plural(children.length, "child", "children")} of ${
      children[0]!.parent_name ?? UNKNOWN
    } (${ppid}): ` +
      `${what.join(", ")}${names.size > 3 ? " …" : ""} (${pids}), oldest started ${
        formatDuration(oldest)
      } ago`;
  });
  return {
    title: `ZOMBIES (${zombies.length})`,
    source,
    short: null,
    blocks: [{
      kind: "lines",
      lines: [...lines, {
        text: "They hold no memory, only a pid each; the parent must wait() for them or be restarted.",
        tone: "quiet",
      }],
    }],
  };
}
