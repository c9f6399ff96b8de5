/** Two runs of the same programs, before and after a fix: what of the leaks is gone, what is left, what is new. Pure. */

import type { Finding } from "./finding.ts";
import { formatDuration, formatRate } from "./format.ts";

export interface Run {
  findings: readonly Finding[];
  /** Names of the processes that were seen; null where they are not known. */
  process_names: ReadonlySet<string> | null;
  seconds: number;
}

export type Outcome = "new" | "faster" | "same" | "slower" | "gone" | "not running";

/** One subject in both runs. */
export interface RunChange {
  /** "java (app.service)", "descriptors of nginx", "slab cache dentry". */
  subject: string;
  unit: Finding["unit"];
  outcome: Outcome;
  /** Per hour; null: it was not found to grow. */
  before: number | null;
  after: number | null;
}

/** A pid and a cgroup's path differ from run to run; kind, name and service stay. */
const keyOf = ({ kind, subject: { name, unit, container } }: Finding): string =>
  JSON.stringify([kind, name, unit ?? (container && "container")]);

const COUNTED: Partial<Record<Finding["kind"], string>> = {
  "process-descriptors": "descriptors of ",
  "process-threads": "threads of ",
  "process-mappings": "mappings of ",
  "container-memory": "container ",
  "kernel-slab": "slab cache ",
};

function titleOf({ kind, subject: { name, unit } }: Finding): string {
  return `${COUNTED[kind] ?? ""}${name}${unit && unit !== name ? ` (${unit})` : ""}`;
}

/**
 * Only leaks are compared, and what became one or is left of one; effects of other findings are left out. Bad news first, of one
 * outcome memory first, the fastest in front.
 */
export function compareRuns(before: Run, after: Run): RunChange[] {
  const [first, second] = [bySubject(before), bySubject(after)];
  const keys = new Set([...first.keys(), ...second.keys()]);
  return [...keys].flatMap((key): RunChange[] => {
    const a = first.get(key), b = second.get(key);
    if (![a, b].some((group) => group?.some(({ verdict }) => verdict === "leak"))) return [];
    const finding = (a ?? b)![0]!;
    return [{
      subject: titleOf(finding),
      unit: finding.unit,
      outcome: outcomeOf(a, b, after),
      before: a ? sum(a, "mid") : null,
      after: b ? sum(b, "mid") : null,
    }];
  }).sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || weight(b) - weight(a));
}

const weight = ({ before, after, unit }: RunChange): number =>
  Math.max(before ?? 0, after ?? 0) * (unit === "bytes" ? 1 : 1e-9);

const ORDER: readonly Outcome[] = ["new", "faster", "same", "slower", "gone", "not running"];

function bySubject({ findings }: Run): Map<string, Finding[]> {
  const own = findings.filter(({ caused_by }) => caused_by === null);
  return Map.groupBy(own, keyOf);
}

const sum = (group: readonly Finding[], end: "low" | "mid" | "high"): number =>
  group.reduce((total, { rate_per_hour }) => total + (rate_per_hour?.[end] ?? 0), 0);

function outcomeOf(a: Finding[] | undefined, b: Finding[] | undefined, after: Run): Outcome {
  if (!a) return "new";
  if (!b) {
    const { subject } = a[0]!;
    const isThere = subject.pid === null || (after.process_names?.has(subject.name) ?? true);
    return isThere ? "gone" : "not running";
  }
  // Intervals that overlap say nothing of a difference.
  if (sum(b, "low") > sum(a, "high")) return "faster";
  return sum(b, "high") < sum(a, "low") ? "slower" : "same";
}

/** "120 MiB/h → 0". */
export const changeMessage = ({ before, after, unit }: RunChange): string =>
  `${before === null ? "0" : formatRate(before, unit)} → ${after === null ? "0" : formatRate(after, unit)}`;

/** "Leak gone: java (app.service) 120 MiB/h → 0." */
export function comparisonHeadline(changes: readonly RunChange[], before: Run, after: Run): string {
  return comparisonMessage(changes) + shorterMessage(changes, before, after);
}

function comparisonMessage(changes: readonly RunChange[]): string {
  const of = (...outcomes: Outcome[]) => changes.filter(({ outcome }) => outcomes.includes(outcome));
  const [fresh, left, gone, absent] = [
    of("new"),
    of("faster", "same", "slower"),
    of("gone"),
    of("not running"),
  ];
  const list = (some: readonly RunChange[]) =>
    some.slice(0, 2).map((change) => `${change.subject} ${changeMessage(change)}`).join(", ") +
    (some.length > 2 ? ` and ${some.length - 2} more` : "");
  const parts = [
    fresh.length > 0
      ? `${fresh.length === 1 ? "New leak" : `${fresh.length} new leaks`}: ${list(fresh)}`
      : "",
    left.length > 0 ? `Still leaking: ${list(left)}` : "",
    gone.length > 0 ? `${gone.length === 1 ? "Leak gone" : `${gone.length} leaks gone`}: ${list(gone)}` : "",
    absent.length > 0 ? `Not running in the second: ${absent.map(({ subject }) => subject).join(", ")}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "No leak in either." : `${parts.join(". ")}.`;
}

/** In less, only a fast leak is called one. */
const SHORT_SECONDS = 15 * 60;

/** A leak may not have had the time to show. */
function shorterMessage(changes: readonly RunChange[], before: Run, after: Run): string {
  const shorter = Math.min(before.seconds, after.seconds);
  if (changes.length === 0 && shorter < SHORT_SECONDS) {
    return ` In ${formatDuration(Math.round(shorter))} only a fast leak shows.`;
  }
  const isShort = after.seconds < before.seconds / 2 && changes.some(({ outcome }) => outcome === "gone");
  return isShort
    ? ` The second is short: ${formatDuration(Math.round(after.seconds))} against ${
      formatDuration(Math.round(before.seconds))
    }.`
    : "";
}
