import { readAuxv } from "../procfs/auxv.ts";
import type { Collector, CollectorContext } from "../collector.ts";
import { ParseError, readText, readTextOrNull } from "../fs.ts";
import type { HostInfo } from "../../model/sample.ts";

/** First number of /proc/uptime, seconds since boot. */
export function parseUptime(text: string): number {
  const seconds = parseFloat(text);
  if (!(seconds >= 0)) throw new ParseError("/proc/uptime", "no number");
  return seconds;
}

/** Boot time in Unix seconds and the number of CPUs from /proc/stat; null and 1 where the lines are missing. */
export function parseKernelStat(text: string): { boot_time_seconds: number | null; cpu_count: number } {
  const btime = /^btime (\d+)$/m.exec(text)?.[1];
  return {
    boot_time_seconds: btime === undefined ? null : Number(btime),
    cpu_count: Math.max(1, text.match(/^cpu\d+ /gm)?.length ?? 0),
  };
}

/** Effective uid from a status text; null where there is none. */
export function parseEffectiveUid(text: string): number | null {
  const uid = /^Uid:\s*\d+\s+(\d+)/m.exec(text)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** Inode of the first pid namespace (PROC_PID_INIT_INO, include/linux/proc_ns.h): others are inside a container. */
const FIRST_PID_NAMESPACE = "pid:[4026531836]";

/** Who and where: names that do not change are read once, the uptime every time. */
export function hostCollector(context: CollectorContext): Collector {
  let known = false;
  return {
    name: "host",
    source: "/proc/sys/kernel, /proc/uptime",
    tier: "fast",
    collect(sample, { roots }) {
      if (!known) {
        readFixed(sample.host, roots.proc);
        noteNamespace(context);
        known = true;
      }
      sample.host.uptime_seconds = parseUptime(readText(`${roots.proc}/uptime`));
      if (sample.host.boot_time_seconds === 0) {
        sample.host.boot_time_seconds = Math.round(Date.now() / 1000 - sample.host.uptime_seconds);
      }
    },
  };
}

function readFixed(host: HostInfo, proc: string): void {
  const line = (path: string) => readTextOrNull(`${proc}/${path}`)?.trim() ?? "";
  host.hostname = line("sys/kernel/hostname");
  host.kernel_release = line("sys/kernel/osrelease");
  host.boot_id = line("sys/kernel/random/boot_id");
  host.page_bytes = readAuxv(proc).page_bytes;
  const { boot_time_seconds, cpu_count } = parseKernelStat(readTextOrNull(`${proc}/stat`) ?? "");
  host.boot_time_seconds = boot_time_seconds ?? 0;
  host.cpu_count = cpu_count;
  host.is_root = parseEffectiveUid(readTextOrNull(`${proc}/self/status`) ?? "") === 0;
}

function noteNamespace({ roots, unavailable }: CollectorContext): void {
  let namespace: string;
  try {
    namespace = Deno.readLinkSync(`${roots.proc}/self/ns/pid`);
  } catch {
    return; // Old kernels and recorded trees have no such link.
  }
  if (namespace !== FIRST_PID_NAMESPACE) {
    unavailable(
      "processes of the host",
      "leakwatch runs in a container and sees only the processes beside it",
      "start the container with --pid=host, or run leakwatch on the host",
    );
  }
}
