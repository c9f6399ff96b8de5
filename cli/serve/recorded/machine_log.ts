/** The machine's series of a recorded session, from whichever of its tables hold them. */

import type { SessionEntry } from "../../../store/catalog.ts";
import { readTable } from "../../../store/table_reader.ts";
import type { Composition, SeriesReply } from "../../../ui/server/api.ts";
import { Grid } from "./time_grid.ts";

const KB = 1024;
/** Slab is read about every 15 s, slab caches about once a minute. */
const HOLD_SECONDS = 90;

/** Table → its column → our column and its factor. */
const SOURCES: Record<string, Record<string, [column: string, factor: number]>> = {
  memory: {
    Total_KB: ["total_bytes", KB],
    Free_KB: ["free_bytes", KB],
    Available_KB: ["available_bytes", KB],
    Buffers_KB: ["buffers_bytes", KB],
    Cached_KB: ["cached_bytes", KB],
  },
  kernel: {
    Slab_KB: ["slab_bytes", KB],
    SReclaimable_KB: ["slab_reclaimable_bytes", KB],
    SUnreclaim_KB: ["slab_unreclaimable_bytes", KB],
    Vmalloc_Used_KB: ["vmalloc_used_bytes", KB],
    Page_Tables_KB: ["page_tables_bytes", KB],
    Kernel_Stack_KB: ["kernel_stack_bytes", KB],
    Percpu_KB: ["percpu_bytes", KB],
    Unaccounted_KB: ["unaccounted_bytes", KB],
  },
  fragmentation: {
    Slab_KB: ["slab_bytes", KB],
    SReclaimable_KB: ["slab_reclaimable_bytes", KB],
    SUnreclaim_KB: ["slab_unreclaimable_bytes", KB],
  },
  swap: {
    Total_KB: ["swap_total_bytes", KB],
    Used_KB: ["swap_used_bytes", KB],
    In_KB_Per_Second: ["swap_in_bytes_per_second", KB],
    Out_KB_Per_Second: ["swap_out_bytes_per_second", KB],
  },
  pressure: {
    Some_Total_US: ["some_total", 1],
    Full_Total_US: ["full_total", 1],
  },
};

/** Counters of stalled microseconds become percent of the time. */
const RATES: Record<string, string> = {
  some_total: "pressure_some_percent",
  full_total: "pressure_full_percent",
};
const STALL = 1e-4;

const COLUMNS = [
  ...new Set(
    Object.values(SOURCES).flatMap((table) =>
      Object.values(table).map(([column]) => RATES[column] ?? column)
    ),
  ),
];

/** Streams the tables once. Columns that the session does not have are null throughout. */
export async function readMachineSeries(
  session: SessionEntry,
  from: number,
  to: number,
  points: number,
): Promise<SeriesReply> {
  const grid = new Grid(from, to, points, COLUMNS);
  for (const [table, columns] of Object.entries(SOURCES)) {
    const before: { time: number; value: number }[] = [];
    const names = Object.keys(columns);
    const targets = Object.values(columns).map(([column, factor]) => ({
      index: COLUMNS.indexOf(RATES[column] ?? column),
      factor,
      isRate: column in RATES,
    }));
    const since = table === "memory" ? from : from - HOLD_SECONDS;
    const options = { from_seconds: since, to_seconds: to, columns: names };
    for await (const rows of readTable(session, table, options)) {
      for (const { time_seconds: time, cells } of rows) {
        if (table === "memory") grid.mark(time);
        targets.forEach(({ index, factor, isRate }, i) => {
          if (cells[i] === "") return;
          const value = Number(cells[i]) * factor;
          if (!isRate) return grid.add(time, index, value);
          const last = before[i];
          before[i] = { time, value };
          if (last && value >= last.value && time > last.time) {
            grid.add(time, index, (value - last.value) / (time - last.time) * STALL);
          }
        });
      }
    }
  }
  return withComposition(grid.reply(HOLD_SECONDS));
}

/** Programs are what is left of the total: the logs hold the sum of them, and of the kernel where they do not tell it apart. */
function withComposition(series: SeriesReply): SeriesReply {
  const { columns } = series;
  const at = (name: string, i: number): number | null => columns[name]?.[i] ?? null;
  const cache: (number | null)[] = [], programs: (number | null)[] = [], kernel: (number | null)[] = [];
  const knowsKernel = columns["page_tables_bytes"]?.some((value) => value !== null) ?? false;
  series.time_seconds.forEach((_, i) => {
    const total = at("total_bytes", i), free = at("free_bytes", i);
    const held = (at("buffers_bytes", i) ?? 0) + (at("cached_bytes", i) ?? 0);
    const own = knowsKernel
      ? (at("page_tables_bytes", i) ?? 0) + (at("vmalloc_used_bytes", i) ?? 0) + (at("percpu_bytes", i) ?? 0)
      : 0;
    const known = held + own + (at("slab_bytes", i) ?? 0) + Math.max(0, at("unaccounted_bytes", i) ?? 0);
    cache.push(total === null ? null : held);
    kernel.push(total === null || !knowsKernel ? null : own);
    programs.push(total === null || free === null ? null : Math.max(0, total - free - known));
  });
  return {
    ...series,
    columns: { ...columns, cache_bytes: cache, programs_bytes: programs, kernel_bytes: kernel },
  };
}

/** The composition at the last moment that has all of it; null where the memory log is empty. */
export function compositionAt({ time_seconds, columns }: SeriesReply): Composition | null {
  const at = (name: string, i: number): number | null => columns[name]?.[i] ?? null;
  for (let i = time_seconds.length - 1; i >= 0; i--) {
    const total_bytes = at("total_bytes", i), programs_bytes = at("programs_bytes", i);
    const free_bytes = at("free_bytes", i), available_bytes = at("available_bytes", i);
    if (total_bytes === null || programs_bytes === null || free_bytes === null || available_bytes === null) {
      continue;
    }
    const slab_bytes = at("slab_bytes", i), unaccounted = at("unaccounted_bytes", i);
    return {
      total_bytes,
      programs_bytes,
      shared_bytes: null,
      cache_bytes: at("cache_bytes", i) ?? 0,
      slab_bytes,
      kernel_bytes: at("kernel_bytes", i),
      unaccounted_bytes: unaccounted === null ? null : Math.max(0, unaccounted),
      free_bytes,
      available_bytes,
      swap_total_bytes: at("swap_total_bytes", i) ?? 0,
      swap_used_bytes: at("swap_used_bytes", i) ?? 0,
    };
  }
  return null;
}
