/**
 * Microseconds of processor time of a process, all its threads that still live (compilers, garbage collection), from the
 * scheduler's nanoseconds (/proc/PID/task/TID/schedstat): /proc/PID/stat counts in steps of 10 ms.
 */
export function cpuMicroseconds(pid: number | "self" = "self"): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0]) / 1000;
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return sum;
}
