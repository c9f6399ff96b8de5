/**
 * Findings over a recording, as leakwatch would have had them while it was made.
 *
 * Reads the process table only: what other tables tell (shared memory, mounts, collections of a JVM) is not in it, so leaks of those are
 * never found this way.
 */
import { emptySample } from "../../model/empty_sample.ts";
import type { ProcessSample } from "../../model/process_sample.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import { listSessions } from "../../store/catalog.ts";
import { readTable } from "../../store/table_reader.ts";
import type { Evaluation } from "./scoring/track.ts";

export interface ReplayOptions {
  /** Watching begins so many seconds after the recording did. */
  from_seconds: number;
  /** Seconds between evaluations. */
  every_seconds: number;
}

/** What the scorer needs: calls back in the order of time. */
export type Replay = (
  folder: string,
  options: ReplayOptions,
  onEvaluation: (evaluation: Evaluation) => void,
) => Promise<void>;

const COLUMNS = ["PID", "Name", "State", "RSS_KB", "Anon_KB", "Swap_KB", "Threads", "Open_FDs", "Start_Time"];
const TICKS_PER_SECOND = 100;

/** Calls back for each row of the process table, in the order of time. Throws where the folder holds no session. */
export async function eachSample(
  folder: string,
  fromSeconds: number,
  onProcess: (timeSeconds: number, process: ProcessSample) => void,
): Promise<void> {
  const [session] = listSessions([folder]);
  if (!session) throw new Error(`${folder} holds no recorded session`);
  const from_seconds = Date.parse(session.info?.started_at ?? "") / 1000 + fromSeconds;
  for await (const rows of readTable(session, "processes", { columns: COLUMNS, from_seconds })) {
    for (const { time_seconds, cells } of rows) onProcess(time_seconds, processOf(cells));
  }
}

/** Throws where the folder holds no session. */
export const replay: Replay = async (folder, options, onEvaluation) => {
  const [session] = listSessions([folder]);
  if (!session) throw new Error(`${folder} holds no recorded session`);
  const detector = new LeakDetector({ confirmations: 3 });
  const start = Date.parse(session.info?.started_at ?? "") / 1000;
  let sample = emptySample(), evaluated = options.from_seconds;
  const finish = () => {
    if (sample.processes.length === 0) return;
    detector.observe(sample);
    const seconds = sample.time_seconds - start;
    if (seconds < evaluated + options.every_seconds) return;
    evaluated += options.every_seconds * Math.floor((seconds - evaluated) / options.every_seconds);
    onEvaluation({ seconds, findings: detector.findings() });
  };
  const from_seconds = start + options.from_seconds;
  for await (const rows of readTable(session, "processes", { columns: COLUMNS, from_seconds })) {
    for (const { time_seconds, cells } of rows) {
      if (time_seconds !== sample.time_seconds) {
        finish();
        sample = { ...emptySample(), time_seconds, wall_seconds: time_seconds };
      }
      sample.processes.push(processOf(cells));
    }
  }
  finish();
};

function processOf(
  [pid, name, state, rss, anon, swap, threads, descriptors, started]: string[],
): ProcessSample {
  const kilobytes = (cell: string | undefined) => Number(cell) * 1024;
  const orNull = (cell: string | undefined) => cell ? Number(cell) : null;
  const started_at_seconds = Date.parse(started!) / 1000;
  return {
    ...UNREAD,
    pid: Number(pid),
    name: name!,
    state: state!,
    rss_bytes: kilobytes(rss),
    anon_bytes: kilobytes(anon),
    swap_bytes: swap ? kilobytes(swap) : null,
    threads: orNull(threads),
    open_descriptors: orNull(descriptors),
    started_at_seconds,
    start_ticks: Math.round(started_at_seconds * TICKS_PER_SECOND),
  };
}

const UNREAD: ProcessSample = {
  ...{ pid: 0, start_ticks: 0, ppid: 0, name: "", user: "", uid: 0, state: "", is_kernel_thread: false },
  ...{ rss_bytes: 0, vsz_bytes: 0, anon_bytes: 0, shared_bytes: 0, shmem_bytes: null, swap_bytes: null },
  ...{ page_tables_bytes: null, peak_rss_bytes: null, pss_bytes: null, uss_bytes: null, threads: null },
  ...{ mappings: null, open_descriptors: null, descriptor_limit: null, descriptor_kinds: null },
  ...{ cpu_seconds: null, minor_faults: null, major_faults: null, read_bytes: null, written_bytes: null },
  ...{ started_at_seconds: 0, command: null, executable: null, cgroup: null, unit: null, container: null },
  exec_count: 0,
};
