/** What the trend detector says of a recording: its processes, its containers, and the kernel's memory. */

import { attribute } from "../../../rules/findings/mod.ts";
import { findingKey, subjectTitle } from "../../../model/subject.ts";
import { classifiedTogether, everMoved } from "../../../rules/findings/false_discovery_rate.ts";
import { classifySeries } from "../../../rules/detector/mod.ts";
import type {
  ContainerRow,
  FindingKind,
  SeriesReply,
  SlabRow,
  Spark,
  Suspect,
  Unit,
} from "../../../ui/server/api.ts";
import { drawn } from "../live_adapter.ts";
import { type ProcessLog, type RecordedProcess, sparkOf } from "./process_log.ts";

/** Less than this in an hour is not worth a card, though the tables show it. */
const MIN_PER_HOUR: Record<Unit, number> = { bytes: 1024 ** 2, count: 2, percent: 1 };
const MAX_SUSPECTS = 12;

/** A series to be judged, and whom it is about. */
interface Question {
  kind: FindingKind;
  unit: Unit;
  what: string;
  subject: Suspect["subject"];
  times: readonly number[];
  values: readonly (number | null)[];
  spark: Spark;
}

type Assessment = ReturnType<typeof classifySeries>;

/**
 * What is said of each question, in their order; null: too few values, or nothing moved. Questions of one kind stand together,
 * as live ones do: one leak among many must stand out.
 */
function askAll(questions: readonly Question[]): (Assessment | null)[] {
  const assessments = questions.map(assessmentOf);
  for (const kind of new Set(questions.map((question) => question.kind))) {
    const known = [...assessments.keys()].filter((i) => questions[i]!.kind === kind && assessments[i]);
    const moving = known.filter((i) =>
      assessments[i]!.verdict !== "insufficient-data" && everMoved(questions[i]!.values, questions[i]!.unit)
    );
    classifiedTogether(known.map((i) => assessments[i]!), moving.length).forEach((assessment, n) => {
      assessments[known[n]!] = assessment;
    });
  }
  return assessments;
}

function assessmentOf({ times, values, unit, what }: Question): Assessment | null {
  const known = values.flatMap((value, i) => value === null ? [] : [{ time: times[i]!, value }]);
  if (known.length < 2 || known.every(({ value }) => value === known[0]!.value)) return null;
  return classifySeries(known.map(({ time }) => time), known.map(({ value }) => value), { unit, what });
}

/** The card; null where there is nothing worth one. */
function toSuspect(question: Question, assessment: Assessment | null): Suspect | null {
  const { kind, unit, subject, spark } = question;
  if (!assessment) return null;
  const { verdict, confidence, rate_per_hour, evidence } = assessment;
  const isWorth = (verdict === "leak" || verdict === "growing") && rate_per_hour !== null &&
    rate_per_hour.mid >= MIN_PER_HOUR[unit];
  if (!isWorth) return null;
  const last = question.values.findLastIndex((value) => value !== null);
  return {
    kind,
    key: findingKey({ kind, subject }),
    subject,
    verdict,
    severity: verdict === "leak" ? "critical" : "warning",
    confidence,
    probability: confidence,
    count: 1,
    explained_share: 0,
    rate_per_hour,
    unit,
    // How long it would have taken says nothing once it is past, and nothing can be typed about it.
    time_to_limit_seconds: null,
    next_step: "",
    evidence,
    spark,
    trend: drawn(assessment, question.times[last]!),
    caused_by: null,
    cause_title: null,
  };
}

const PROCESS_SERIES: { column: number; kind: FindingKind; unit: Unit; what: string }[] = [
  { column: 0, kind: "process-memory", unit: "bytes", what: "its memory (anonymous and swapped)" },
  { column: 2, kind: "process-descriptors", unit: "count", what: "its open descriptors" },
  { column: 3, kind: "process-threads", unit: "count", what: "its threads" },
];

/** Worst first. Sets the verdict of each process's row on the way. */
export function judgeProcesses(log: ProcessLog): Suspect[] {
  const asked = [...log.processes.values()].flatMap((process) =>
    PROCESS_SERIES.map((series) => ({ process, question: questionOf(process, series) }))
  );
  const assessments = askAll(asked.map(({ question }) => question));
  return worst(asked.flatMap(({ process: { row }, question }, i) => {
    const assessment = assessments[i]!;
    if (assessment && question.kind === "process-memory" && assessment.verdict !== "insufficient-data") {
      const { verdict, rate_per_hour } = assessment;
      row.verdict = verdict;
      if (verdict === "leak" && rate_per_hour) row.growth_bytes_per_hour = rate_per_hour.mid;
    }
    return toSuspect(question, assessment) ?? [];
  }));
}

function questionOf(process: RecordedProcess, series: typeof PROCESS_SERIES[number]): Question {
  const { row, times, values } = process;
  return {
    ...series,
    subject: { ...NOBODY, pid: row.pid, start_ticks: row.start_ticks, name: row.name },
    times,
    values: values[series.column]!,
    spark: sparkOf(process, series.column),
  };
}

const KERNEL_SERIES = [
  { column: "slab_unreclaimable_bytes", kind: "kernel-memory", name: "slab, not reclaimable" },
  { column: "page_tables_bytes", kind: "kernel-memory", name: "page tables" },
  { column: "vmalloc_used_bytes", kind: "kernel-memory", name: "vmalloc" },
  { column: "percpu_bytes", kind: "kernel-memory", name: "per-CPU memory" },
  { column: "unaccounted_bytes", kind: "kernel-unaccounted", name: "unaccounted memory" },
] as const;

export function judgeKernel(machine: SeriesReply, caches: readonly SlabRow[]): Suspect[] {
  const questions = KERNEL_SERIES.map(({ column, kind, name }): Question => {
    const values = machine.columns[column] ?? [];
    const spark = { time_seconds: machine.time_seconds, values };
    const subject = { ...NOBODY, name };
    return { kind, unit: "bytes", what: "it", subject, times: machine.time_seconds, values, spark };
  });
  const assessments = askAll(questions);
  const series = questions.flatMap((question, i) => toSuspect(question, assessments[i]!) ?? []);
  return worst([...series, ...judgeRows(caches, "kernel-slab", () => null)]);
}

export const judgeContainers = (containers: readonly ContainerRow[]): Suspect[] =>
  worst(judgeRows(containers, "container-memory", (row) => row.id));

/** Sets the verdict of each row on the way. */
function judgeRows<Row extends SlabRow | ContainerRow>(
  rows: readonly Row[],
  kind: FindingKind,
  containerOf: (row: Row) => string | null,
): Suspect[] {
  const asked = rows.flatMap((row) => {
    if (!row.spark) return [];
    const subject = { ...NOBODY, name: row.name, container: containerOf(row) };
    const { time_seconds: times, values } = row.spark;
    const question: Question = { kind, unit: "bytes", what: "it", subject, times, values, spark: row.spark };
    return [{ row, question }];
  });
  const assessments = askAll(asked.map(({ question }) => question));
  return asked.flatMap(({ row, question }, i) => {
    const assessment = assessments[i]!;
    if (assessment && assessment.verdict !== "insufficient-data") row.verdict = assessment.verdict;
    return toSuspect(question, assessment) ?? [];
  });
}

const NOBODY: Suspect["subject"] = { pid: null, start_ticks: null, name: "", unit: null, container: null };

/** The worst of them, what hurts most first, each told whose echo it is. */
export function worst(suspects: readonly Suspect[]): Suspect[] {
  const weight = (suspect: Suspect) =>
    (suspect.verdict === "leak" ? 1e18 : 0) + (suspect.unit === "bytes" ? suspect.rate_per_hour!.mid : 0);
  const attributed = attribute(suspects) as Suspect[];
  return attributed.toSorted((a, b) => weight(b) - weight(a)).slice(0, MAX_SUSPECTS).map((suspect) => {
    const cause = attributed.find(({ key }) => key === suspect.caused_by);
    return { ...suspect, cause_title: cause ? subjectTitle(cause) : null };
  });
}
