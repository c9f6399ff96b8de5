/** A process as the tables show it. Pure. */

import type { ProcessSample } from "../../model/sample.ts";
import type { ProcessRow } from "./api.ts";
import { processLeakableBytes } from "../../model/leakable.ts";
import type { ProcessVerdict } from "./suspects.ts";

/** Longer command lines are cut for tables: Java's can fill pages, three thousand times. */
const LONGEST_COMMAND = 200;

export interface RowContext {
  growth_bytes_per_hour: number | null;
  verdict: ProcessVerdict | null;
  hide_arguments: boolean;
  whole_command?: boolean;
}

export function processRow(process: ProcessSample, context: RowContext): ProcessRow {
  const { command } = process;
  return {
    pid: process.pid,
    start_ticks: process.start_ticks,
    ppid: process.ppid,
    name: process.name,
    user: process.user,
    state: process.state,
    rss_bytes: process.rss_bytes,
    leakable_bytes: processLeakableBytes(process),
    swap_bytes: process.swap_bytes,
    vsz_bytes: process.vsz_bytes,
    pss_bytes: process.pss_bytes,
    threads: process.threads,
    open_descriptors: process.open_descriptors,
    descriptor_limit: process.descriptor_limit,
    command: context.hide_arguments || command === null
      ? null
      : context.whole_command || command.length <= LONGEST_COMMAND
      ? command
      : `${command.slice(0, LONGEST_COMMAND)}…`,
    unit: process.unit,
    container: process.container,
    growth_bytes_per_hour: context.growth_bytes_per_hour === null
      ? null
      : Math.round(context.growth_bytes_per_hour),
    verdict: context.verdict?.verdict ?? null,
    verdict_kind: context.verdict?.kind ?? null,
  };
}
