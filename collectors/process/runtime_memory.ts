import type { ProcessSample, RuntimeMemory, Sample } from "../../model/sample.ts";
import {
  askRedis,
  type Declarations,
  declaredCeiling,
  fullAt,
  readDeclarations,
  redisLimits,
} from "../declared_limit/mod.ts";
import type { Collector } from "../collector.ts";
import type { Hsperfdata } from "../runtime/hsperfdata.ts";
import { findHsperfdata, readHsperfdata } from "../runtime/read_hsperfdata.ts";

/** Smaller ones have no heap worth asking for. */
const MIN_RSS_BYTES = 16 * 2 ** 20;
/** The largest of them, and all suspects. */
const MAX_PROCESSES = 64;
/** Readings whose lowest is the live heap of a concurrent collector. */
const RECENT_READINGS = 6;
/** Reading what a program declares takes up to tens of milliseconds: so many are asked per pass, each once in its life. */
const NEW_PER_PASS = 2, NEW_WHEN_FORCED = 8;

/** As the kernel names them, in up to 15 characters. */
const REDIS = /^(redis|valkey|keydb)-server/;

/** What stays the same for a program's life, and what its last full collection left. */
interface Known {
  start_ticks: number;
  exec_count: number;
  hsperfdata_path: string | null;
  declarations: Declarations;
  full_collections: number;
  live_after_full_bytes: number | null;
  /** The last readings of the old generation. */
  recent_bytes: number[];
}

/**
 * What runtimes publish of their own memory and what programs declare as their limit: hsperfdata of JVMs (no attach), and the
 * command line, environment and configuration files, once per program.
 */
export function runtimeMemoryCollector(): Collector {
  let suspects = new Set<number>();
  const known = new Map<number, Known>();
  return {
    name: "runtime_memory",
    source: "/proc/PID/root/tmp/hsperfdata_USER/PID, /proc/PID/cmdline",
    tier: "normal",
    collect(sample, { roots, force = false }) {
      const chosen = choose(sample.processes, suspects);
      for (const pid of known.keys()) if (!chosen.has(pid)) known.delete(pid);
      let left = force ? NEW_WHEN_FORCED : NEW_PER_PASS;
      for (const [pid, process] of chosen) {
        let facts = known.get(pid);
        if (facts?.start_ticks !== process.start_ticks || facts.exec_count !== process.exec_count) {
          // Who wakes for the first time waits for a turn; suspects do not.
          if (left <= 0 && !suspects.has(pid)) continue;
          left--;
          known.set(pid, facts = learn(process, sample, roots.proc));
          if (roots.is_live && REDIS.test(process.name)) void learnFromRedis(pid, facts, roots.proc);
        }
        process.runtime_memory = runtimeMemory(pid, facts, roots.proc);
      }
    },
    focus(pids) {
      suspects = new Set(pids);
    },
  };
}

function choose(
  processes: readonly ProcessSample[],
  suspects: ReadonlySet<number>,
): Map<number, ProcessSample> {
  const large = processes.filter(({ rss_bytes, pid, is_kernel_thread, state }) =>
    !is_kernel_thread && state !== "Z" && (rss_bytes >= MIN_RSS_BYTES || suspects.has(pid))
  );
  large.sort((a, b) =>
    Number(suspects.has(b.pid)) - Number(suspects.has(a.pid)) || b.rss_bytes - a.rss_bytes
  );
  return new Map(large.slice(0, MAX_PROCESSES).map((process) => [process.pid, process]));
}

function learn(process: ProcessSample, sample: Sample, proc: string): Known {
  const container = sample.containers.find(({ id }) => id === process.container);
  return {
    start_ticks: process.start_ticks,
    exec_count: process.exec_count,
    hsperfdata_path: findHsperfdata(process.pid, proc),
    declarations: readDeclarations({
      pid: process.pid,
      machine_bytes: sample.memory?.total_bytes ?? 0,
      container_limit_bytes: container?.limit_bytes ?? null,
      proc,
    }),
    full_collections: 0,
    live_after_full_bytes: null,
    recent_bytes: [],
  };
}

/** A server that has overwritten its arguments is asked; the answer counts from the next pass on. */
async function learnFromRedis(pid: number, { declarations }: Known, proc: string): Promise<void> {
  if (declarations.limits.length > 0) return;
  const answer = await askRedis(pid, proc);
  if (answer !== null) declarations.limits.push(...redisLimits(answer));
}

/** null where the runtime tells nothing and the program declares nothing. */
function runtimeMemory(pid: number, facts: Known, proc: string): RuntimeMemory | null {
  const heap = facts.hsperfdata_path === null
    ? null
    : readHsperfdata(pid, { proc, path: facts.hsperfdata_path });
  const { limits, fill_time } = facts.declarations;
  const ceiling = declaredCeiling(limits);
  if (heap === null && ceiling === null && fill_time === null) return null;
  const own = limits.find(({ what }) => what === "memory" || what === "heap" || what === "cache");
  return {
    runtime: heap === null ? null : "jvm",
    declared_limit_bytes: ceiling,
    declared_limit_name: own ? fullAt(own) : null,
    fills_for_seconds: fill_time?.seconds ?? null,
    fills_reason: fill_time?.reason ?? null,
    heap_live_bytes: heap && liveHeap(heap, facts),
    heap_used_bytes: heap && (heap.old_used_bytes ?? 0) + (heap.young_used_bytes ?? 0),
    heap_max_bytes: heap?.heap_max_bytes ?? null,
    collections: heap?.collections ?? null,
    collection_seconds: heap?.collection_seconds ?? null,
    metaspace_bytes: heap?.metaspace_used_bytes ?? null,
  };
}

/**
 * What is alive, as far as the JVM tells: what a full collection left once there was one (the old generation fills with promoted
 * garbage in between), else the old generation after its last collection.
 */
function liveHeap(heap: Hsperfdata, facts: Known): number | null {
  const full = heap.full_collections ?? 0;
  if (full > facts.full_collections) {
    facts.full_collections = full;
    facts.live_after_full_bytes = heap.old_used_bytes;
  }
  if (heap.old_used_bytes === null) return null;
  facts.recent_bytes = [...facts.recent_bytes, heap.old_used_bytes].slice(-RECENT_READINGS);
  // These write it between collections too, or with large arrays that are garbage already: the lows are what is alive.
  const isConcurrent = heap.collector === "g1" || !heap.old_used_is_after_collection;
  return isConcurrent ? Math.min(...facts.recent_bytes) : facts.live_after_full_bytes ?? heap.old_used_bytes;
}
