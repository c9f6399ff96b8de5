/** The processes of a recorded session: what was last seen of each, and its series. */

import type { SessionEntry } from "../../../store/catalog.ts";
import { readTable } from "../../../store/table_reader.ts";
import type { ProcessRow, Spark, Verdict } from "../../../ui/server/api.ts";
import { pacePerHour } from "../../../ui/server/slope.ts";

/** Moments read over the whole session: a chart's worth. Rows between them are skipped unparsed. */
const MOMENTS = 400;
const MAX_PROCESSES = 6000;
/** A process whose values do not change gets a row once an hour (docs/logs.md). */
const SILENT_SECONDS = 3700;
const KB = 1024;

const COLUMNS = [
  "PID",
  "PPID",
  "User",
  "Name",
  "State",
  "RSS_KB",
  "Anon_KB",
  "Swap_KB",
  "VSZ_KB",
  "PSS_KB",
  "Threads",
  "Open_FDs",
  "Start_Time",
  "Command",
] as const;
export const SERIES = ["leakable_bytes", "rss_bytes", "open_descriptors", "threads"] as const;

export interface RecordedProcess {
  row: ProcessRow;
  anon_bytes: number | null;
  started_at_seconds: number;
  times: number[];
  /** One array per name in SERIES. */
  values: (number | null)[][];
  last_seen_seconds: number;
}

export interface ProcessLog {
  /** By `PID-START`, where START is milliseconds since the epoch: the log has no ticks. */
  processes: Map<string, RecordedProcess>;
  end_seconds: number;
}

const number = (cell: string, factor = 1): number | null => cell === "" ? null : Number(cell) * factor;

export async function readProcessLog(
  session: SessionEntry,
  end: number,
  hideArguments: boolean,
): Promise<ProcessLog> {
  const every_seconds = (end - session.started_at_seconds) / MOMENTS;
  const processes = new Map<string, RecordedProcess>();
  let latest = session.started_at_seconds;
  for await (const rows of readTable(session, "processes", { columns: COLUMNS, every_seconds })) {
    for (const { time_seconds, cells } of rows) {
      latest = time_seconds;
      const process = take(processes, cells as Cells, hideArguments);
      if (!process) continue;
      process.last_seen_seconds = time_seconds;
      process.times.push(time_seconds);
      SERIES.forEach((name, i) => process.values[i]!.push(process.row[name]));
    }
  }
  for (const process of processes.values()) process.row.growth_bytes_per_hour = pacePerHour(sparkOf(process));
  return { processes, end_seconds: latest };
}

type Cells = [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

function take(
  processes: Map<string, RecordedProcess>,
  cells: Cells,
  hideArguments: boolean,
): RecordedProcess | null {
  const [pid, ppid, user, name, state, rss, anon, swap, vsz, pss, threads, descriptors, start, command] =
    cells;
  const started = Date.parse(start);
  if (Number.isNaN(started) || !/^\d+$/.test(pid)) return null;
  const key = `${pid}-${started}`;
  let process = processes.get(key);
  if (!process) {
    if (processes.size >= MAX_PROCESSES) return null;
    process = {
      row: {
        pid: Number(pid),
        start_ticks: started,
        unit: null,
        container: null,
        command: null,
        descriptor_limit: null,
        growth_bytes_per_hour: null,
        verdict: null as Verdict | null,
        verdict_kind: null,
      } as ProcessRow,
      anon_bytes: null,
      started_at_seconds: started / 1000,
      times: [],
      values: SERIES.map(() => []),
      last_seen_seconds: 0,
    };
    processes.set(key, process);
  }
  const anon_bytes = number(anon, KB);
  Object.assign(process.row, {
    ppid: Number(ppid),
    name,
    user,
    state,
    rss_bytes: number(rss, KB) ?? 0,
    leakable_bytes: (anon_bytes ?? 0) + (number(swap, KB) ?? 0),
    swap_bytes: number(swap, KB),
    vsz_bytes: number(vsz, KB) ?? 0,
    pss_bytes: number(pss, KB) ?? process.row.pss_bytes ?? null,
    threads: number(threads),
    open_descriptors: number(descriptors),
  });
  process.anon_bytes = anon_bytes;
  // Most rows hold the beginning only; the longest one seen is the best there is.
  if (!hideArguments && command.length > (process.row.command?.length ?? 0)) process.row.command = command;
  return process;
}

/** Whether it was still there at the end: it has a row as lately as its rows so far make one expect. */
export function isAtEnd({ times, last_seen_seconds }: RecordedProcess, { end_seconds }: ProcessLog): boolean {
  const usual = times.length > 1 ? 3 * (last_seen_seconds - times[0]!) / (times.length - 1) : SILENT_SECONDS;
  return end_seconds - last_seen_seconds <= Math.min(SILENT_SECONDS, Math.max(usual, 60));
}

/** About 60 points of one series. */
export function sparkOf(process: RecordedProcess, column = 0): Spark {
  const step = Math.max(1, Math.ceil(process.times.length / 60));
  const pick = <T>(values: readonly T[]) =>
    values.filter((_, i) => i % step === 0 || i === values.length - 1);
  return { time_seconds: pick(process.times).map(Math.round), values: pick(process.values[column]!) };
}
