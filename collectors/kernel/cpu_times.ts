import { readTextOrNull } from "../fs.ts";

/** Counters since boot, /proc/stat (Documentation/filesystems/proc.rst). */
export interface CpuTimes {
  busy_ticks: number;
  total_ticks: number;
  /** Processes and threads ever started. */
  forks: number;
}

/** First line "cpu user nice system idle iowait irq softirq steal guest guest_nice": guest is within user. */
export function parseCpuTimes(text: string): CpuTimes | null {
  const line = /^cpu\s+(.*)$/m.exec(text)?.[1];
  const forks = /^processes (\d+)$/m.exec(text)?.[1];
  if (!line) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line.split(
    /\s+/,
  )
    .map(Number);
  const busy_ticks = user + nice + system + irq + softirq + steal;
  return { busy_ticks, total_ticks: busy_ticks + idle + iowait, forks: Number(forks ?? 0) };
}

export function readCpuTimes(proc: string): CpuTimes | null {
  const text = readTextOrNull(`${proc}/stat`);
  return text === null ? null : parseCpuTimes(text);
}
