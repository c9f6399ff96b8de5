/** Maps processes to containers and units, and back. */

import { type CgroupIdentity, identifyCgroup } from "./cgroup_identity.ts";
import { parseProcessCgroup } from "./cgroup_parse.ts";
import type { Collector, CollectorContext } from "../collector.ts";
import { mapByMonitors, nameByMonitors } from "./process_cgroup_conmon.ts";
import { readTextOrNull } from "../fs.ts";
import type { ContainerSample, ProcessSample } from "../../model/sample.ts";

/** Processes seldom move between cgroups: beyond the new ones, this many are asked again in each pass, in turn. */
const ASK_AGAIN = 25;

/** Reads /proc/PID/cgroup of processes that are new, or next in turn. */
export class ProcessCgroups {
  /** By record, which is one process's for its whole life. */
  readonly #known = new WeakSet<ProcessSample>();
  readonly #identities = new Map<string, CgroupIdentity>();
  #turn = 0;

  constructor(readonly context: Pick<CollectorContext, "roots" | "cgroups">) {}

  collect(processes: readonly ProcessSample[], containers: ContainerSample[]): void {
    for (const process of processes) {
      if (this.#known.has(process)) continue;
      this.#known.add(process);
      this.#read(process);
    }
    for (let n = Math.min(ASK_AGAIN, processes.length); n > 0; n--) {
      this.#read(processes[this.#turn++ % processes.length]!);
    }
    if (this.#identities.size > 4 * processes.length + 1000) this.#identities.clear();
    mapBack(processes, containers);
  }

  #read(process: ProcessSample): void {
    if (process.is_kernel_thread) return;
    const text = readTextOrNull(`${this.context.roots.proc}/${process.pid}/cgroup`);
    if (text === null) return;
    const { memory, systemd } = parseProcessCgroup(text);
    const inMemory = this.#identify(memory);
    const inSystemd = this.#identify(systemd);
    process.cgroup = memory;
    process.unit = inSystemd.unit ?? inMemory.unit;
    // Inside a container, what lies outside of its namespace is told as /../elsewhere.
    const isOutside = memory?.startsWith("/..") ?? true;
    process.container = (inMemory.container ?? inSystemd.container)?.id ??
      (isOutside ? null : this.#ownContainer());
  }

  #identify(path: string | null): CgroupIdentity {
    let identity = this.#identities.get(path ?? "");
    if (identity === undefined) this.#identities.set(path ?? "", identity = identifyCgroup(path ?? ""));
    return identity;
  }

  #ownContainer(): string | null {
    return this.context.cgroups.own?.id ?? null;
  }
}

/** Writes each container's process list, with what podman's monitors tell where there is no cgroup or no engine. */
function mapBack(processes: readonly ProcessSample[], containers: ContainerSample[]): void {
  const monitors = nameByMonitors(processes, containers);
  mapByMonitors(processes, monitors);
  const byId = new Map<string, ContainerSample>();
  for (const container of containers) {
    container.processes.length = 0;
    byId.set(container.id, container);
  }
  for (const process of processes) {
    if (process.container !== null) byId.get(process.container)?.processes.push(process.pid);
  }
  for (const container of monitors.values()) container.pids = container.processes.length;
}

/** Container and unit of every process. */
export function processCgroupCollector(context: CollectorContext): Collector {
  const mapping = new ProcessCgroups(context);
  return {
    name: "process_cgroup",
    source: "/proc/PID/cgroup",
    tier: "normal",
    collect: (sample) => mapping.collect(sample.processes, sample.containers),
  };
}
