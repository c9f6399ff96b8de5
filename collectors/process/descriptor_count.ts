/**
 * How many descriptors a process has open. Since Linux 6.2 the size of /proc/PID/fd is that number (fs/proc/fd.c,
 * proc_fd_getattr), which needs no permission and no listing; before, the directory is listed.
 */
export class DescriptorCounter {
  readonly #sizeIsCount: boolean;

  constructor(proc: string) {
    this.#sizeIsCount = proc === "/proc" && sizeOf(`${proc}/self/fd`) > 0;
  }

  /** Of the process at /proc/PID; null where it is gone or hidden. */
  count(directory: string): number | null {
    const path = `${directory}/fd`;
    try {
      if (this.#sizeIsCount) return Deno.statSync(path).size;
      let count = 0;
      for (const _entry of Deno.readDirSync(path)) count++;
      return count;
    } catch {
      return null;
    }
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
