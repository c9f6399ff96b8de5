/** Processes of a scenario: read from /proc, found by descent and by the mark that the recorder puts into their environment. */

export interface ProcessStat {
  pid: number;
  ppid: number;
  name: string;
  /** user + system time, clock ticks. */
  cpu_ticks: number;
  minor_faults: number;
  start_ticks: number;
}

/** Names the recording and the scenario in the environment of every process started. */
export const MARK = "LEAKWATCH_BENCH";

/** /proc/PID/stat; the name may hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf("("), close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    ppid: Number(fields[1]),
    minor_faults: Number(fields[7]),
    cpu_ticks: Number(fields[11]) + Number(fields[12]),
    start_ticks: Number(fields[19]),
  };
}

/** Every process that can be read; one that ends meanwhile is left out. */
export function readProcesses(): ProcessStat[] {
  const all: ProcessStat[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = readText(`/proc/${name}/stat`);
    if (text) all.push(parseStat(text));
  }
  return all;
}

/** `roots` and all that descend from them. */
export function descendants(roots: Iterable<number>, all: readonly ProcessStat[]): Set<number> {
  const children = Map.groupBy(all, (process) => process.ppid);
  const found = new Set<number>();
  const queue = [...roots];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    queue.push(...(children.get(pid) ?? []).map((child) => child.pid));
  }
  return found;
}

/** The scenario's mark of a process, `RECORDING/SCENARIO`; null where it has none or overwrote its environment. */
export function readMark(pid: number): string | null {
  const text = readText(`/proc/${pid}/environ`);
  return text?.split("\0").find((entry) => entry.startsWith(`${MARK}=`))?.slice(MARK.length + 1) ?? null;
}

/** Command line, words joined by spaces. */
export function readCommand(pid: number): string {
  return (readText(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim();
}

export function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
