/** A second recording beside leakwatch's own: per process and second what the kernel and a JVM tell of it, for analysis. */
import { parseHsperfdata } from "./hsperfdata.ts";
import { parseStat, readText } from "./processes.ts";

export const COUNTERS_HEADER =
  "seconds,scenario,pid,start_ticks,RssAnon_KB,VmSwap_KB,RssShmem_KB,RssFile_KB,cpu_ticks,minflt,threads,fds";

export const JVM_HEADER =
  "seconds,scenario,pid,old_used,old_capacity,old_max,young_collections,young_ticks,old_collections,old_ticks," +
  "ticks_per_second,metaspace_used,metaspace_capacity";

const JVM_COUNTERS = [
  "sun.gc.generation.1.space.0.used",
  "sun.gc.generation.1.space.0.capacity",
  "sun.gc.generation.1.space.0.maxCapacity",
  "sun.gc.collector.0.invocations",
  "sun.gc.collector.0.time",
  "sun.gc.collector.1.invocations",
  "sun.gc.collector.1.time",
  "sun.os.hrt.frequency",
  "sun.gc.metaspace.used",
  "sun.gc.metaspace.capacity",
];

/** One row of a process, and its anonymous memory with what is swapped out; null once it has ended. */
export function readCounters(
  seconds: number,
  scenario: string,
  pid: number,
): { row: string; anon_and_swap_kilobytes: number } | null {
  const status = readText(`/proc/${pid}/status`), stat = readText(`/proc/${pid}/stat`);
  if (!status || !stat) return null;
  const of = (name: string) => new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? "";
  const { start_ticks, cpu_ticks, minor_faults } = parseStat(stat);
  const [anon, swap, shmem, file] = ["RssAnon", "VmSwap", "RssShmem", "RssFile"].map(of);
  const identity = [seconds, scenario, pid, start_ticks], memory = [anon, swap, shmem, file];
  return {
    row: [...identity, ...memory, cpu_ticks, minor_faults, of("Threads"), descriptors(pid)].join(","),
    anon_and_swap_kilobytes: Number(anon) + Number(swap),
  };
}

/** One row of a JVM's own counters; null where the process is none. */
export function readJvm(seconds: number, scenario: string, pid: number): string | null {
  try {
    const counters = parseHsperfdata(Deno.readFileSync(`/tmp/hsperfdata_root/${pid}`));
    return [seconds, scenario, pid, ...JVM_COUNTERS.map((name) => counters.get(name) ?? "")].join(",");
  } catch {
    return null;
  }
}

/** Since Linux 6.2 the size of /proc/PID/fd is the number of descriptors. */
function descriptors(pid: number): number | "" {
  try {
    return Deno.statSync(`/proc/${pid}/fd`).size;
  } catch {
    return "";
  }
}
