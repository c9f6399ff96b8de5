/** What the trend detector says of a recording: its processes, its containers, and the kernel's memory. */

import { judgeSeries } from "../../../rules/trend/mod.ts";
import type {
  ContainerRow,
  FindingKind,
  SeriesReply,
  SlabRow,
  Spark,
  Suspect,
  Unit,
} from "../../../ui/server/api.ts";
import { drawn } from "../live_dependencies.ts";
import { type ProcessLog, type RecordedProcess, sparkOf } from "./process_log.ts";

/** Less than this in an hour is not worth a card, though the tables show it. */
const LEAST_PER_HOUR: Record<Unit, number> = { bytes: 1024 ** 2, count: 2, percent: 1 };
const MOST_SUSPECTS = 12;

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

/** The verdict, and the card where it is one to show. Null: nothing moved. */
function ask(
  question: Question,
): { judgement: ReturnType<typeof judgeSeries>; suspect: Suspect | null } | null {
  const { kind, unit, what, subject, spark } = question;
  const known = question.values.flatMap((value, i) =>
    value === null ? [] : [{ time: question.times[i]!, value }]
  );
  if (known.length < 2 || known.every(({ value }) => value === known[0]!.value)) return null;
  const times = known.map(({ time }) => time);
  const judgement = judgeSeries(times, known.map(({ value }) => value), { unit, what });
  const { verdict, confidence, rate_per_hour, evidence } = judgement;
  const isWorth = (verdict === "leak" || verdict === "growing") && rate_per_hour !== null &&
    rate_per_hour.mid >= LEAST_PER_HOUR[unit];
  if (!isWorth) return { judgement, suspect: null };
  const suspect: Suspect = {
    kind,
    key: [kind, subject.pid, subject.start_ticks, subject.name].join("/"),
    subject,
    verdict,
    severity: verdict === "leak" ? "critical" : "warning",
    confidence,
    rate_per_hour,
    unit,
    // How long it would have taken says nothing once it is past, and nothing can be typed about it.
    time_to_limit_seconds: null,
    next_step: "",
    evidence,
    spark,
    trend: drawn(judgement, times.at(-1)!),
  };
  return { judgement, suspect };
}

const PROCESS_SERIES: { column: number; kind: FindingKind; unit: Unit; what: string }[] = [
  { column: 0, kind: "process-memory", unit: "bytes", what: "its memory (anonymous and swapped)" },
  { column: 2, kind: "process-descriptors", unit: "count", what: "its open descriptors" },
  { column: 3, kind: "process-threads", unit: "count", what: "its threads" },
];

/** Worst first. Sets the verdict of each process's row on the way. */
export function judgeProcesses(log: ProcessLog): Suspect[] {
  return worst(
    [...log.processes.values()].flatMap((process) =>
      PROCESS_SERIES.flatMap((series) => judgeProcess(process, series))
    ),
  );
}

function judgeProcess(process: RecordedProcess, series: typeof PROCESS_SERIES[number]): Suspect[] {
  const { row, times, values } = process;
  const answer = ask({
    ...series,
    subject: { ...NOBODY, pid: row.pid, start_ticks: row.start_ticks, name: row.name },
    times,
    values: values[series.column]!,
    spark: sparkOf(process, series.column),
  });
  if (!answer) return [];
  const { verdict, rate_per_hour } = answer.judgement;
  if (series.kind === "process-memory" && verdict !== "insufficient-data") {
    row.verdict = verdict;
    if (verdict === "leak" && rate_per_hour) row.growth_bytes_per_hour = rate_per_hour.mid;
  }
  return answer.suspect ? [answer.suspect] : [];
}

const KERNEL_SERIES = [
  { column: "slab_unreclaimable_bytes", kind: "kernel-memory", name: "slab, not reclaimable" },
  { column: "page_tables_bytes", kind: "kernel-memory", name: "page tables" },
  { column: "vmalloc_used_bytes", kind: "kernel-memory", name: "vmalloc" },
  { column: "percpu_bytes", kind: "kernel-memory", name: "per-CPU memory" },
  { column: "unaccounted_bytes", kind: "kernel-unaccounted", name: "unaccounted memory" },
] as const;

export function judgeKernel(machine: SeriesReply, caches: readonly SlabRow[]): Suspect[] {
  const series = KERNEL_SERIES.flatMap(({ column, kind, name }) => {
    const values = machine.columns[column] ?? [];
    const spark = { time_seconds: machine.time_seconds, values };
    const subject = { ...NOBODY, name };
    return ask({ kind, unit: "bytes", what: "it", subject, times: machine.time_seconds, values, spark })
      ?.suspect ?? [];
  });
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
  return rows.flatMap((row) => {
    if (!row.spark) return [];
    const subject = { ...NOBODY, name: row.name, container: containerOf(row) };
    const { time_seconds: times, values } = row.spark;
    const answer = ask({ kind, unit: "bytes", what: "it", subject, times, values, spark: row.spark });
    if (answer && answer.judgement.verdict !== "insufficient-data") row.verdict = answer.judgement.verdict;
    return answer?.suspect ?? [];
  });
}

const NOBODY: Suspect["subject"] = { pid: null, start_ticks: null, name: "", unit: null, container: null };

export function worst(suspects: readonly Suspect[]): Suspect[] {
  const weight = (suspect: Suspect) =>
    (suspect.verdict === "leak" ? 1e18 : 0) + (suspect.unit === "bytes" ? suspect.rate_per_hour!.mid : 0);
  return suspects.toSorted((a, b) => weight(b) - weight(a)).slice(0, MOST_SUSPECTS);
}
