/** Workers of Node's cluster module are processes: each has a heap and an inspector of its own. */

import { readStartTicks, readTarget, type Target } from "../target.ts";

/** More are left out; each costs a window. */
export const MAX_CLUSTER_WORKERS = 8;

/** Children of the target that its cluster module started (it marks them in their environment), by pid. */
export function findClusterWorkers(target: Target): Target[] {
  const workers: Target[] = [];
  for (const pid of childPids(target)) {
    try {
      const environment = Deno.readTextFileSync(`${target.proc}/${pid}/environ`);
      if (!/(^|\0)NODE_UNIQUE_ID=/.test(environment)) continue;
      const worker = readTarget(pid, target.proc);
      if (worker.runtime === "node" && worker.uid === target.uid) workers.push(worker);
    } catch {
      // Ended meanwhile, or not readable.
    }
  }
  return workers;
}

/** Children by the parent that each process names: /proc/PID/task/TID/children needs a kernel option. */
function childPids({ pid, proc }: Target): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync(proc)) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`${proc}/${name}/stat`);
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) !== pid) continue;
      readStartTicks(Number(name), proc);
      pids.push(Number(name));
    } catch {
      // Ended meanwhile.
    }
  }
  return pids.sort((a, b) => a - b);
}
