import { formatAmount, formatDuration, formatRange, formatRate, plural } from "../../../model/format.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import type { Finding, Severity, Verdict } from "../../../model/finding.ts";
import { isUrgent } from "../../../model/urgency.ts";
import { stepLine } from "../../../model/next_step.ts";
import { withEffects } from "../../../rules/findings/mod.ts";
import type { SeriesEntry } from "../../../rules/findings/recorded_file.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Section, Suspect, Suspects, Tone } from "../document.ts";
import {
  capitalized,
  commandOf,
  findingBrief,
  findingMessage,
  intervalMessage,
  isCountOfKernel,
  type Known,
  percentSure,
  subjectMessage,
} from "./finding_message.ts";
import { mergeAlike } from "./merge_alike.ts";

/** The first lines: who leaks or grows, then what was looked at and is well. */
export function verdictSection(analysis: Analysis): Section {
  const suspects = analysis.host
    ? suspectsOf(analysis.findings, analysis.processes, analysis.containers)
    : analysis.series.filter(isSuspect).sort(byVerdict).map(fromSeries);
  const rising = risingLine(analysis.findings);
  return section({ kind: "suspects", suspects, rising, rest: restLine(analysis, suspects.length > 0) });
}

const section = (block: Suspects): Section => ({
  title: "VERDICT",
  source: "",
  short: null,
  blocks: [block],
});

/** What a report names first, each once; alike processes are one. */
export function suspectsOf(
  findings: readonly Finding[],
  processes: readonly ProcessSample[],
  known: Known,
): Suspect[] {
  return mergeAlike(urgentFindings(findings), processes).map((finding) =>
    suspectOf(finding, commandOf(finding, processes), known)
  );
}

/** A leak, or growth that would hurt soon, each once; what merely grows is one line. */
export const urgentFindings = (findings: readonly Finding[]): Finding[] =>
  withEffects(findings)
    .filter(({ finding }) => isUrgent(finding))
    .map(({ finding, effects }) => namingEffects(finding, effects));

const MAX_EFFECTS_NAMED = 3;

/** The same finding, with where else its growth shows; a container is named with the process already. */
function namingEffects(finding: Finding, effects: readonly Finding[]): Finding {
  const names = effects.filter(({ kind }) => kind !== "container-memory").map(effectTitle);
  if (names.length === 0) return finding;
  const more = names.length > MAX_EFFECTS_NAMED ? ` and ${names.length - MAX_EFFECTS_NAMED} more` : "";
  const shown = names.slice(0, MAX_EFFECTS_NAMED).join(", ") + more;
  return { ...finding, evidence: `${finding.evidence}; the same growth shows in ${shown}` };
}

function effectTitle(finding: Finding): string {
  const { kind, subject, unit } = finding;
  if (kind === "kernel-descriptors") return "the machine's open files";
  if (isCountOfKernel({ kind, unit })) return `the machine's ${subject.name}`;
  return OWN_EFFECTS[kind] ?? subjectMessage(finding);
}

const OWN_EFFECTS: Partial<Record<Finding["kind"], string>> = {
  "process-memory": "its memory",
  "process-mappings": "its mappings",
};

const RISING_SHOWN = 3;

/** "slab cache dentry +21 MiB/h; and 10 more. Not proven to be leaks; a longer window decides.": nothing that hurts soon. */
export function risingLine(findings: readonly Finding[]): string | null {
  const rising = findings.filter(({ caused_by }) => caused_by === null)
    .filter((finding) => finding.verdict === "growing" && !isUrgent(finding));
  if (rising.length === 0) return null;
  const names = rising.slice(0, RISING_SHOWN).map((finding) => findingBrief(finding));
  const others = rising.length - names.length;
  return `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}: ${
    rising.length === 1 ? "not proven to be a leak" : "none proven to be a leak"
  }; a longer window decides.`;
}

const isSuspect = ({ verdict }: { verdict: Verdict }) => verdict === "leak" || verdict === "growing";
const byVerdict = (a: { verdict: Verdict; confidence: number }, b: typeof a) =>
  Number(b.verdict === "leak") - Number(a.verdict === "leak") || b.confidence - a.confidence;

const SEVERITY_TONES: Record<Severity, Tone> = { critical: "critical", warning: "warning", info: "strong" };

export function suspectOf(finding: Finding, command: string | null = null, known: Known = []): Suspect {
  const { verdict, severity, evidence, next_step, next_steps } = finding;
  return {
    verdict,
    tone: SEVERITY_TONES[severity],
    message: capitalizedSubject(findingMessage(finding, known, command)),
    brief: findingBrief(finding, command),
    evidence: [evidence, intervalMessage(finding)].filter(Boolean).join("; "),
    command,
    next_steps: next_steps?.length
      ? next_steps.map((step) => ({ kind: step.kind, line: stepLine(step) }))
      : next_step === ""
      ? []
      : [{ kind: "look", line: next_step }],
  };
}

/** A name keeps its letters; "memory in use" begins a sentence. */
const capitalizedSubject = (text: string): string =>
  /^(memory in use|the machine|container |unit |slab |kernel |shared )/.test(text) ? capitalized(text) : text;

function fromSeries(series: SeriesEntry): Suspect {
  const { name, source, unit, verdict, evidence, confidence } = series;
  const rate = series.rate_per_hour;
  const range = rate && unit === "bytes"
    ? formatRange(rate.low, rate.high)
    : rate && `${formatAmount(rate.low, unit)} to ${formatAmount(rate.high, unit)}`;
  return {
    verdict,
    tone: verdict === "leak" ? "critical" : "warning",
    message: `${name} grows${rate ? ` ${formatRate(rate.mid, unit)}` : ""}, ${
      percentSure(confidence)
    } sure. ${source}`,
    brief: `${name}${rate ? ` +${formatRate(rate.mid, unit)}` : ""}`,
    evidence: [evidence, range && `rate ${range}/h`].filter(Boolean).join("; "),
    command: null,
    next_steps: [],
  };
}

/** What rules/detector/classify.ts asks for; below it every series is "insufficient-data". */
const MIN_SAMPLES = 30;
const MIN_SECONDS = 60;

function restLine(analysis: Analysis, suspects: boolean): Suspects["rest"] {
  if (!analysis.host) {
    const nothing = `nothing ${suspects ? "else " : ""}grows`;
    return {
      word: suspects ? "rest" : "no leak",
      message: `${plural(analysis.series.length, "recorded series", "recorded series")}: ${nothing}.`,
    };
  }
  const looked = [
    plural(analysis.process_counts.total - analysis.process_counts.kernel_threads, "process", "processes"),
    analysis.containers.length > 0 ? plural(analysis.containers.length, "container") : null,
    analysis.kernel?.slab_cache_count ? plural(analysis.kernel.slab_cache_count, "slab cache") : null,
    analysis.shared_memory ? "shared memory" : null,
  ].filter(Boolean).join(", ");
  if (analysis.duration_seconds === 0) {
    return {
      word: "unknown",
      message: `${looked}: a snapshot cannot show growth; watch with --duration 5m.`,
    };
  }
  return judgedRest(looked, analysis.samples, analysis.duration_seconds, suspects);
}

/** "no leak  301 processes: nothing grows.", or how much is lacking to say so. */
export function judgedRest(
  looked: string,
  samples: number,
  seconds: number,
  suspects: boolean,
): Suspects["rest"] {
  if (samples >= MIN_SAMPLES && Math.ceil(seconds) >= MIN_SECONDS) {
    return {
      word: suspects ? "rest" : "no leak",
      message: `${looked}: nothing ${suspects ? "else " : ""}grows.`,
    };
  }
  const seen = `${plural(samples, "sample")} in ${formatDuration(Math.round(seconds))}`;
  return {
    word: suspects ? "rest" : "unknown",
    message:
      `${looked}: ${seen} is too little to judge growth; at least ${MIN_SAMPLES} over a minute are needed.`,
  };
}
