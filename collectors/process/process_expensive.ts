import type { Collector } from "../collector.ts";
import { readDescriptorKinds } from "./descriptor_kinds.ts";
import { parseProcessIo } from "../procfs/io.ts";
import { countMappings } from "../procfs/maps.ts";
import { readTextOrNull } from "../fs.ts";
import type { ProcessSample } from "../../model/sample.ts";
import { readSmapsRollup } from "../procfs/smaps_rollup.ts";

/** Besides the suspects, this many of the largest are looked at, so that the tables have a PSS to show. */
const LARGEST_ONES = 5;
/** And this many of those whose address space has grown most for its size: mappings may be leaked that hold next to no memory. */
const WIDENING_ONES = 3;
const MIN_WIDENING = 0.2;
/**
 * Time for one round, and for the rounds at a window's two ends, where a machine that keeps us waiting must not leave holes
 * in the report. What does not fit is read in a later round.
 */
const BUDGET_SECONDS = 0.02;
const LARGE_BUDGET_SECONDS = 1;
/** Measured cost of smaps_rollup per resident byte (14 ms per GB), to know before the first read of a process. */
const SECONDS_PER_BYTE = 14e-3 / 1e9;

/**
 * The dear reads, for the suspects and the largest, within a budget of time: PSS and USS, mappings, kinds of descriptors,
 * bytes read and written. A process that alone costs more than a round's budget is read at a window's ends only.
 */
export function processExpensiveCollector(): Collector {
  let suspects: number[] = [];
  const spaces = new AddressSpaces();
  /** Seconds that the last look at a pid took. */
  const costs = new Map<number, number>();
  return {
    name: "process_expensive",
    source: "/proc/PID/smaps_rollup, maps, fd, io",
    tier: "normal",
    collect(sample, { roots, force = false }) {
      const chosen = choose(sample.processes, [...suspects, ...spaces.widening(sample.processes)]);
      forgetOthers(costs, chosen);
      let left = force ? LARGE_BUDGET_SECONDS : BUDGET_SECONDS;
      for (const process of chosen) {
        // Who holds still has still the same.
        if (process.is_stale && process.pss_bytes !== null && !force) continue;
        const expected = costs.get(process.pid) ?? process.rss_bytes * SECONDS_PER_BYTE;
        if (expected > left) {
          // At a window's ends an older PSS would stand beside a new RSS, and may be larger.
          if (force) process.pss_bytes = process.uss_bytes = null;
          continue;
        }
        const begin = performance.now();
        look(process, roots.proc);
        const seconds = (performance.now() - begin) / 1000;
        costs.set(process.pid, seconds);
        left -= seconds;
      }
    },
    focus(pids) {
      suspects = [...pids];
    },
  };
}

/** How large address spaces were when they were first seen. */
class AddressSpaces {
  #first = new Map<number, { start_ticks: number; exec_count: number; bytes: number }>();

  /** Pids of those that have grown most for their size. */
  widening(processes: readonly ProcessSample[]): number[] {
    const before = this.#first;
    this.#first = new Map();
    const grown: { pid: number; ratio: number }[] = [];
    for (const { pid, start_ticks, exec_count, vsz_bytes: bytes, is_kernel_thread } of processes) {
      if (is_kernel_thread || bytes === 0) continue;
      const known = before.get(pid);
      const isSame = known?.start_ticks === start_ticks && known.exec_count === exec_count;
      const first = isSame ? known : { start_ticks, exec_count, bytes };
      this.#first.set(pid, first);
      if (bytes >= first.bytes * (1 + MIN_WIDENING)) grown.push({ pid, ratio: bytes / first.bytes });
    }
    return grown.sort((a, b) => b.ratio - a.ratio).slice(0, WIDENING_ONES).map(({ pid }) => pid);
  }
}

function choose(processes: readonly ProcessSample[], suspects: readonly number[]): ProcessSample[] {
  const wanted = new Set(suspects);
  const users = processes.filter(({ is_kernel_thread, vsz_bytes }) => !is_kernel_thread && vsz_bytes > 0);
  const largest = users.toSorted((a, b) => b.rss_bytes - a.rss_bytes).slice(0, LARGEST_ONES);
  return [...new Set([...users.filter(({ pid }) => wanted.has(pid)), ...largest])];
}

function forgetOthers(costs: Map<number, number>, chosen: readonly ProcessSample[]): void {
  const pids = new Set(chosen.map(({ pid }) => pid));
  for (const pid of costs.keys()) if (!pids.has(pid)) costs.delete(pid);
}

function look(process: ProcessSample, proc: string): void {
  const rollup = readSmapsRollup(process.pid, proc);
  process.pss_bytes = rollup?.pss_bytes ?? null;
  process.uss_bytes = rollup?.uss_bytes ?? null;
  process.mappings = countMappings(process.pid, proc);
  process.descriptor_kinds = readDescriptorKinds(process.pid, proc);
  const io = parseProcessIo(readTextOrNull(`${proc}/${process.pid}/io`) ?? "");
  process.read_bytes = io.read_bytes;
  process.written_bytes = io.written_bytes;
}
