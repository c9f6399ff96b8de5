/** Everything about one process, and the last that was seen of those that are gone. */

import type { ProcessSample } from "../../model/sample.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import { processKey } from "./api.ts";
import type { ProcessReply, ProcessRow, SeriesReply, Suspect } from "./api.ts";
import { innerProfiles } from "./inner_profiles.ts";
import type { Inspection } from "./ports.ts";
import { DETAIL_COLUMNS, type GroupHistory, PROCESS_COLUMNS } from "./history/group_history.ts";
import { seriesReply } from "./series_reply.ts";
import { isAbout } from "./suspects.ts";
import type { ProcessIdentity } from "./view.ts";

const MAX_CHILDREN = 200;
const MAX_SEEN = 16;

export interface ProcessContext {
  time_seconds: number;
  /** All processes of the sample. */
  all: readonly ProcessSample[];
  inspection: Inspection | null;
  memory_verdict: ProcessReply["memory_verdict"];
  suspects: readonly Suspect[];
  profiles: readonly ProfileEvidence[];
  series: SeriesReply;
  rowOf(process: ProcessSample, whole_command?: boolean): ProcessRow;
}

export function processReply(process: ProcessSample, context: ProcessContext): ProcessReply {
  const { all, inspection, rowOf } = context;
  const parent = all.find((other) => other.pid === process.ppid);
  return {
    time_seconds: context.time_seconds,
    process: rowOf(process, true),
    is_gone: false,
    executable: process.executable,
    started_at_seconds: process.started_at_seconds,
    cpu_seconds: process.cpu_seconds,
    parts: {
      anon_bytes: process.anon_bytes,
      shmem_bytes: process.shmem_bytes,
      file_bytes: Math.max(0, process.shared_bytes - (process.shmem_bytes ?? 0)),
      swap_bytes: process.swap_bytes,
      page_tables_bytes: process.page_tables_bytes,
      peak_rss_bytes: process.peak_rss_bytes,
      pss_bytes: inspection?.pss_bytes ?? process.pss_bytes,
      uss_bytes: inspection?.uss_bytes ?? process.uss_bytes,
    },
    descriptor_kinds: inspection?.descriptor_kinds ?? process.descriptor_kinds,
    mappings: process.mappings,
    declared_limit: declaredLimit(process),
    mapping_groups: inspection?.mapping_groups ?? null,
    parent: parent ? rowOf(parent) : null,
    children: all.filter((other) => other.ppid === process.pid).slice(0, MAX_CHILDREN)
      .map((other) => rowOf(other)),
    memory_verdict: context.memory_verdict,
    suspects: context.suspects.filter((suspect) => isAbout(suspect, process)),
    profiles: innerProfiles(context.profiles, process),
    series: context.series,
  };
}

/** The cap that its arguments or its settings give it, with what it is called. */
function declaredLimit({ runtime_memory: runtime }: ProcessSample): ProcessReply["declared_limit"] {
  if (runtime?.declared_limit_bytes != null) {
    return { bytes: runtime.declared_limit_bytes, name: runtime.declared_limit_name ?? "declared limit" };
  }
  return runtime?.heap_max_bytes != null
    ? { bytes: runtime.heap_max_bytes, name: "maximum heap size" }
    : null;
}

/** A process's own series, with those that only a closer look gives; empty where it has not been watched. */
export function processSeries(
  history: GroupHistory,
  identity: ProcessIdentity,
  { from, to }: { from: number; to: number },
  points: number,
): SeriesReply {
  const none = { time_seconds: [], mean: [[], [], [], []], low: [[], [], [], []], high: [[], [], [], []] };
  const key = processKey(identity);
  const range = history.processes.read(key, from, to, points) ?? none;
  const { time_seconds: times } = range;
  const reply = seriesReply(PROCESS_COLUMNS, times[0] ?? 0, times.at(-1) ?? 0, range);
  const details = history.details.read(key, from, to, points);
  if (details === null) return reply;
  DETAIL_COLUMNS.forEach((name, i) => {
    const values = aligned(times, details.time_seconds, details.mean[i]!);
    if (values.some((value) => value)) reply.columns[name] = values;
  });
  return reply;
}

/** Values on another time axis: at each time the latest one before it; null before the first. */
function aligned(
  times: readonly number[],
  own: readonly number[],
  values: readonly (number | null)[],
): (number | null)[] {
  let k = -1;
  return times.map((time) => {
    while (k + 1 < own.length && own[k + 1]! <= time + 1) k++;
    return k < 0 ? null : values[k] ?? null;
  });
}

/** The last reply about each of the few that were looked at. */
export class LastSeen {
  readonly #replies = new Map<string, ProcessReply>();

  keep(identity: ProcessIdentity, reply: ProcessReply): ProcessReply {
    const key = processKey(identity);
    this.#replies.delete(key);
    this.#replies.set(key, reply);
    if (this.#replies.size > MAX_SEEN) this.#replies.delete(this.#replies.keys().next().value!);
    return reply;
  }

  /** Null: it was never looked at, or long ago. */
  find(identity: ProcessIdentity): ProcessReply | null {
    const last = this.#replies.get(processKey(identity));
    return last ? { ...last, is_gone: true } : null;
  }
}
