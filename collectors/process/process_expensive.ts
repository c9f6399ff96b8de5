import type { Collector } from "../collector.ts";
import { readDescriptorKinds } from "./descriptor_kinds.ts";
import { parseProcessIo } from "../procfs/io.ts";
import { countMappings } from "../procfs/maps.ts";
import { readTextOrNull } from "../fs.ts";
import type { ProcessSample } from "../../model/sample.ts";
import { readSmapsRollup } from "../procfs/smaps_rollup.ts";

/** Besides the suspects, this many of the largest are looked at, so that the tables have a PSS to show. */
const LARGEST_ONES = 5;
/**
 * And this many others whose address space grows on, for mappings may be leaked that hold next to no memory: it has grown by this share
 * since it was first seen, and most often. A runtime that reserves gigabytes at its start does so once.
 */
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
 * A look may have taken long because others had the processor: what one is thought to take falls by so much with each round in which it
 * does not fit, unless the process is so large that it cannot.
 */
const FORGETTING = 0.8;

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
      const chosen = choose(sample.processes, [...suspects, ...spaces.widening(sample.processes, suspects)]);
      forgetOthers(costs, chosen);
      let left = force ? LARGE_BUDGET_SECONDS : BUDGET_SECONDS;
      for (const process of chosen) {
        // Who holds still has still the same.
        if (process.is_stale && process.pss_bytes !== null && !force) continue;
        const bySize = process.rss_bytes * SECONDS_PER_BYTE, known = costs.get(process.pid);
        if ((known ?? bySize) > left) {
          if (known !== undefined && bySize < BUDGET_SECONDS) costs.set(process.pid, known * FORGETTING);
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

interface AddressSpace {
  start_ticks: number;
  exec_count: number;
  first_bytes: number;
  bytes: number;
  /** Passes in which it was larger than before. */
  steps: number;
}

/** How large address spaces were when they were first seen, and how often they have grown since. */
class AddressSpaces {
  #known = new Map<number, AddressSpace>();

  /** Pids of those that grow on, the steadiest first; not those that are looked at anyway. */
  widening(processes: readonly ProcessSample[], suspects: readonly number[]): number[] {
    const before = this.#known;
    this.#known = new Map();
    const grown: { pid: number; steps: number }[] = [];
    for (const { pid, start_ticks, exec_count, vsz_bytes: bytes, is_kernel_thread } of processes) {
      if (is_kernel_thread || bytes === 0) continue;
      const known = before.get(pid);
      const isSame = known?.start_ticks === start_ticks && known.exec_count === exec_count;
      const space = isSame ? known : { start_ticks, exec_count, first_bytes: bytes, bytes, steps: 0 };
      if (bytes > space.bytes) space.steps++;
      space.bytes = bytes;
      this.#known.set(pid, space);
      const hasWidened = bytes >= space.first_bytes * (1 + MIN_WIDENING);
      if (hasWidened && !suspects.includes(pid)) grown.push({ pid, steps: space.steps });
    }
    return grown.sort((a, b) => b.steps - a.steps).slice(0, WIDENING_ONES).map(({ pid }) => pid);
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
