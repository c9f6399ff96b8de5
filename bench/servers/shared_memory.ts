/** Shared memory outlives its process: what the programs of a recording left is removed. */
import { readText } from "./processes.ts";

/** System V segments that these processes made, and their objects in /dev/shm. */
export async function removeSharedMemory(pids: ReadonlySet<number>): Promise<void> {
  for (const id of segmentsOf(readText("/proc/sysvipc/shm") ?? "", pids)) {
    await new Deno.Command("ipcrm", { args: ["-m", String(id)], stderr: "null" }).output();
  }
  for (const { name } of Deno.readDirSync("/dev/shm")) {
    const creator = Number(/^leakwatch-bench-(\d+)-/.exec(name)?.[1]);
    if (pids.has(creator)) Deno.removeSync(`/dev/shm/${name}`);
  }
}

/** Ids of the segments in /proc/sysvipc/shm whose creator (cpid) is one of `pids`. Pure. */
export function segmentsOf(table: string, pids: ReadonlySet<number>): number[] {
  return table.trim().split("\n").slice(1).flatMap((line) => {
    const [, id, , , creator] = line.trim().split(/\s+/).map(Number);
    return creator !== undefined && pids.has(creator) ? [id!] : [];
  });
}
