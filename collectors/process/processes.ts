import type { Collector, CollectorContext } from "../collector.ts";
import { ProcessTable } from "./process_table.ts";
import { readTextOrNull } from "../fs.ts";

/** Value of hidepid= of the proc mount at `proc` in a text of /proc/mounts; null where nothing is hidden. */
export function parseHidepid(mounts: string, proc = "/proc"): string | null {
  let value: string | null = null;
  for (const line of mounts.split("\n")) {
    const [, where, type, options] = line.split(" ");
    if (type !== "proc" || where !== proc) continue;
    const found = options?.split(",").find((option) => option.startsWith("hidepid="))?.slice(
      "hidepid=".length,
    );
    // The last mount on a path is the one that is seen.
    value = found === undefined || found === "0" || found === "off" ? null : found;
  }
  return value;
}

/** Every process, updated in place. */
export function processesCollector(context: CollectorContext): Collector {
  const { roots, normal_seconds, skip_stale, cpu_budget } = context;
  const table = new ProcessTable(roots.proc, {
    status_every_seconds: normal_seconds,
    skip_stale,
    cpu_budget,
    is_live: roots.is_live,
  });
  let noted = false;
  return {
    name: "processes",
    source: "/proc/PID",
    tier: "fast",
    collect(sample, { force = false }) {
      const { host, memory } = sample;
      table.scan(performance.now() / 1000, host.boot_time_seconds, force, memory?.anon_bytes ?? null);
      sample.processes = table.records;
      if (!noted && !sample.host.is_root && !mayTrace(readTextOrNull(`${roots.proc}/self/status`) ?? "")) {
        noted = true;
        noteWhatIsHidden(context, readTextOrNull(`${roots.proc}/mounts`) ?? "", table.hidden);
      }
    },
    focus: (pids) => table.focus(pids),
    close: () => table.close(),
  };
}

/** Whether CAP_SYS_PTRACE grants the same access as root (ptrace(2), PTRACE_MODE_READ); CapEff is hexadecimal. */
function mayTrace(status: string): boolean {
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return bits !== undefined && (BigInt(`0x${bits}`) >> 19n & 1n) === 1n;
}

function noteWhatIsHidden({ unavailable }: CollectorContext, mounts: string, hidden: number): void {
  const hidepid = parseHidepid(mounts);
  if (hidepid !== null || hidden > 0) {
    unavailable(
      "other users' processes",
      `/proc is mounted with hidepid=${hidepid ?? "1"}`,
      "run as root, or join the group that the mount option gid= names",
    );
  } else {
    unavailable(
      "other users' executables, descriptor kinds and mappings",
      "only root may read them",
      "run as root",
    );
  }
}
