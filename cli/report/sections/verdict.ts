import {
  formatAmount,
  formatBytes,
  formatChange,
  formatDuration,
  formatRange,
  formatRate,
} from "../../../model/format.ts";
import type { ContainerSample, ProcessSample } from "../../../model/sample.ts";
import { containerTitle } from "../../../model/container_title.ts";
import type { Finding, Severity, Verdict } from "../../../model/finding.ts";
import { withEffects } from "../../../rules/findings/mod.ts";
import type { SeriesEntry } from "../../../rules/detector/recorded_series.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Section, Suspect, Tone } from "../document.ts";
import { plural } from "./common.ts";

const SHOWN = 10;

/** The first lines: who leaks or grows, then what was looked at and is well. */
export function verdictSection(analysis: Analysis, top: number): Section {
  const suspects = analysis.host
    ? urgentFindings(analysis.findings).map((finding) =>
      suspectOf(finding, commandOf(finding, analysis.processes), analysis.containers)
    )
    : analysis.series.filter(isSuspect).sort(byVerdict).map(fromSeries);
  const kept = top === 0 ? suspects : suspects.slice(0, SHOWN);
  const others = suspects.length - kept.length;
  const more = others > 0 ? `${plural(others, "other suspect")} left out here, --top 0 lists all; ` : "";
  return {
    title: "VERDICT",
    source: "",
    short: null,
    blocks: [{
      kind: "suspects",
      suspects: kept,
      watch: watchLine(analysis.findings),
      quiet: more + quietLine(analysis, suspects.length > 0),
    }],
  };
}

/** A program too young to be called a leak is named all the same where its growth would meet a limit within this time. */
const SOON_SECONDS = 24 * 3600;

const isGrowingFast = ({ kind, time_to_limit_seconds }: Finding): boolean =>
  kind.startsWith("process-") && (time_to_limit_seconds?.low ?? Infinity) < SOON_SECONDS;

/** A leak, or growth that would hurt soon, each once; what merely grows is told in one line. */
export const urgentFindings = (findings: readonly Finding[]): Finding[] =>
  withEffects(findings)
    .filter(({ finding }) =>
      finding.verdict === "leak" || finding.severity !== "info" || isGrowingFast(finding)
    )
    .map(({ finding, effects }) => namingEffects(finding, effects));

const MAX_EFFECTS_NAMED = 3;

/** The same finding, with where else its growth shows; a container is named in the process's own words already. */
function namingEffects(finding: Finding, effects: readonly Finding[]): Finding {
  const names = effects.filter(({ kind }) => kind !== "container-memory").map(effectTitle);
  if (names.length === 0) return finding;
  const more = names.length > MAX_EFFECTS_NAMED ? ` and ${names.length - MAX_EFFECTS_NAMED} more` : "";
  const words = names.slice(0, MAX_EFFECTS_NAMED).join(", ") + more;
  return { ...finding, evidence: `${finding.evidence}; the same growth shows in ${words}` };
}

function effectTitle(finding: Finding): string {
  const { kind, subject, unit } = finding;
  if (kind === "kernel-descriptors") return "the machine's open files";
  if (isCountOfKernel({ kind, unit })) return `the machine's ${subject.name}`;
  return OWN_MESSAGES[kind] ?? subjectMessage(finding);
}

const OWN_MESSAGES: Partial<Record<Finding["kind"], string>> = {
  "process-memory": "its memory",
  "process-mappings": "its mappings",
};

const WATCHED = 6;

/** "not sure yet: slab cache dentry (+21 MiB/h), …": growth that is no leak yet and hurts nobody soon. */
export function watchLine(findings: readonly Finding[]): string | null {
  const growing = findings.filter(({ caused_by }) => caused_by === null)
    .filter((finding) =>
      finding.verdict === "growing" && finding.severity === "info" && !isGrowingFast(finding)
    );
  if (growing.length === 0) return null;
  const words = growing.slice(0, WATCHED).map((finding) =>
    `${subjectMessage(finding)} ${rateMessage(finding, false)}`
  );
  const others = growing.length - words.length;
  return `grows, but not surely a leak; a longer window tells: ${words.join("; ")}${
    others > 0 ? `; and ${others} more` : ""
  }.`;
}

const isSuspect = ({ verdict }: { verdict: Verdict }) => verdict === "leak" || verdict === "growing";
const byVerdict = (a: { verdict: Verdict; confidence: number }, b: typeof a) =>
  Number(b.verdict === "leak") - Number(a.verdict === "leak") || b.confidence - a.confidence;

const SEVERITY_TONES: Record<Severity, Tone> = { critical: "critical", warning: "warning", info: "strong" };

/** The arguments of the process that a finding is about, where they tell more than its name. */
export function commandOf({ subject }: Finding, processes: readonly ProcessSample[]): string | null {
  if (subject.pid === null) return null;
  const process = processes.find(({ pid, start_ticks }) =>
    pid === subject.pid && start_ticks === subject.start_ticks
  );
  const command = process?.command?.trim();
  return command && command !== subject.name ? command : null;
}

/** Whom the ids in findings belong to. */
type Known = readonly Pick<ContainerSample, "id" | "name" | "pod">[];

export function suspectOf(finding: Finding, command: string | null = null, known: Known = []): Suspect {
  const { verdict, severity, evidence, next_step } = finding;
  return {
    verdict,
    tone: SEVERITY_TONES[severity],
    message: findingMessage(finding, known),
    evidence,
    command,
    next_step,
  };
}

function fromSeries(series: SeriesEntry): Suspect {
  const rate = series.rate_per_hour;
  const range = rate && series.unit === "bytes"
    ? formatRange(rate.low, rate.high)
    : rate && `${formatAmount(rate.low, series.unit)} to ${formatAmount(rate.high, series.unit)}`;
  const growth = rate ? ` ${formatRate(rate.mid, series.unit)} (${range})` : "";
  return {
    verdict: series.verdict,
    tone: series.verdict === "leak" ? "critical" : "warning",
    message: `${series.name} grows${growth}, ${sure(series.confidence)}. ${series.source}`,
    evidence: series.evidence,
    command: null,
    next_step: "",
  };
}

const sure = (confidence: number) => `${Math.min(99, Math.round(confidence * 100))} % sure`;

/** What rules/detector/classify.ts asks for; below it every series is "insufficient-data". */
const MIN_SAMPLES = 30;
const MIN_SECONDS = 60;

function quietLine(analysis: Analysis, suspects: boolean): string {
  if (!analysis.host) {
    return `${plural(analysis.series.length, "recorded series", "recorded series")}: nothing ${
      suspects ? "else " : ""
    }grows.`;
  }
  const looked = [
    plural(analysis.process_counts.total - analysis.process_counts.kernel_threads, "process", "processes"),
    analysis.containers.length > 0 ? plural(analysis.containers.length, "container") : null,
    analysis.kernel?.slab_cache_count ? plural(analysis.kernel.slab_cache_count, "slab cache") : null,
    analysis.shared_memory ? "shared memory" : null,
  ].filter(Boolean).join(", ");
  if (analysis.duration_seconds === 0) {
    return `${looked}: a snapshot shows what is, not what grows; give --duration 5m.`;
  }
  return `${looked}: ${classifiedMessage(analysis.samples, analysis.duration_seconds, suspects)}`;
}

/** "nothing else grows.", or how much is lacking to say so. */
export function classifiedMessage(samples: number, seconds: number, suspects: boolean): string {
  if (samples >= MIN_SAMPLES && Math.ceil(seconds) >= MIN_SECONDS) {
    return `nothing ${suspects ? "else " : ""}grows.`;
  }
  const seen = `${plural(samples, "sample")} in ${formatDuration(Math.round(seconds))}`;
  return `${seen} is too little to judge growth; it takes ${MIN_SAMPLES} in a minute or more.`;
}

export const severityTone: Record<Severity, Tone> = {
  critical: "critical",
  warning: "warning",
  info: "strong",
};

/** "java (812, app.service) grows 96 MiB/h (88 to 104), 97 % sure. Full in 3 h 10 min to 3 h 40 min." */
export function findingMessage(finding: Finding, known: Known = []): string {
  const words = [`${subjectMessage(finding, known)} ${rateMessage(finding)}`];
  words[0] += finding.verdict === "leak"
    ? `, ${sure(finding.probability)}.`
    : `, ${Math.round(finding.probability * 100)} % likely a leak.`;
  const limit = finding.time_to_limit_seconds;
  if (limit) {
    const until = limit.high === null
      ? `in ${formatDuration(limit.low)} at the earliest`
      : `in ${formatDuration(limit.low)} to ${formatDuration(limit.high)}`;
    words.push(`${LIMIT_NAMES[limit.limit] ?? `Reaches the ${limit.limit}`} ${until}.`);
  }
  return words.join(" ");
}

const LIMIT_NAMES: Record<string, string> = {
  "MemAvailable": "Memory full",
  "SwapTotal": "Swap full",
  "RLIMIT_NOFILE": "Its limit of descriptors is reached",
  "fs.file-max": "The machine's limit of files is reached",
  "size of the mount": "Mount full",
};

const KIND_NAMES: Partial<Record<Finding["kind"], string>> = {
  "container-memory": "container ",
  "unit-memory": "unit ",
  "kernel-slab": "slab cache ",
  "kernel-memory": "kernel memory ",
  "shared-memory": "shared memory ",
  "tmpfs": "tmpfs ",
};

/** "sockets", "network namespaces": counted, not measured. */
const isCountOfKernel = ({ kind, unit }: Pick<Finding, "kind" | "unit">) =>
  kind === "kernel-memory" && unit === "count";

function subjectMessage({ subject, kind, unit }: Finding, known: Known = []): string {
  if (kind === "system-memory" && subject.name === "MemAvailable") return "memory in use";
  if (kind === "kernel-descriptors" || isCountOfKernel({ kind, unit })) return "the machine";
  const within = [
    subject.pid === null ? null : String(subject.pid),
    subject.unit === subject.name ? null : subject.unit,
    subject.container === null || kind === "container-memory"
      ? null
      : `container ${titleOf(subject.container, known)}`,
  ].filter(Boolean).join(", ");
  const name = `${KIND_NAMES[kind] ?? ""}${subject.name}`;
  return within ? `${name} (${within})` : name;
}

const titleOf = (id: string, known: Known) =>
  containerTitle(known.find((container) => container.id === id) ?? { id, name: null, pod: null });

function rateMessage({ kind, subject, rate_per_hour: rate, unit }: Finding, range = true): string {
  if (!rate) return "grows";
  if (unit === "bytes") {
    return range
      ? `grows ${formatBytes(rate.mid)}/h (${formatRange(rate.low, rate.high)})`
      : `${formatChange(rate.mid)}/h`;
  }
  if (unit === "percent") return `grows ${formatRate(rate.mid, unit)}`;
  const [verb, noun] = COUNT_NAMES[kind] ??
    ["gains", isCountOfKernel({ kind, unit }) ? subject.name : "objects"];
  const perMinute = rate.mid / 60;
  return perMinute >= 0.95
    ? `${verb} ${formatAmount(perMinute, "count")} ${noun} a minute`
    : `${verb} ${formatAmount(rate.mid, "count")} ${noun} an hour`;
}

const COUNT_NAMES: Partial<Record<Finding["kind"], [string, string]>> = {
  "process-descriptors": ["opens", "descriptors"],
  "kernel-descriptors": ["opens", "files"],
  "process-threads": ["starts", "threads"],
  "process-mappings": ["adds", "mappings"],
  "kernel-cgroups": ["leaves behind", "cgroups"],
};
