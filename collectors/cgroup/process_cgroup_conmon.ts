/**
 * Podman's containers by their monitors: each container's first process is the child of a conmon whose arguments say id and
 * name, so that no engine need answer. It is the only way to containers without a cgroup of their own, as rootless podman has
 * them on version 1.
 */

import { emptyContainer } from "../../model/empty_records.ts";
import type { ContainerSample, ProcessSample } from "../../model/sample.ts";

/** Anybody may call a program conmon: containers that nothing else knows of are not taken without end. */
const MAX_CONTAINERS = 200;

/** Id and name from conmon's arguments, joined by spaces; null where they are not as conmon(8) says. Pure. */
export function parseConmonName(command: string): { id: string; name: string } | null {
  const id = / -c ([0-9a-f]{64})(?= )/.exec(command)?.[1];
  const name = / -n ([a-zA-Z0-9][a-zA-Z0-9_.-]*)(?= |$)/.exec(command)?.[1];
  return id === undefined || name === undefined ? null : { id, name };
}

/**
 * Names containers by their monitors, adds those that neither the tree nor an engine knows, and says whose monitors' containers
 * have no cgroup: pid of the monitor → container.
 */
export function nameByMonitors(
  processes: readonly ProcessSample[],
  containers: ContainerSample[],
): Map<number, ContainerSample> {
  const without = new Map<number, ContainerSample>();
  for (const { pid, name, command } of processes) {
    const named = name === "conmon" && command !== null ? parseConmonName(command) : null;
    if (named === null) continue;
    let container = containers.find(({ id }) => id === named.id);
    if (container === undefined) {
      if (containers.length >= MAX_CONTAINERS) continue;
      containers.push(container = { ...emptyContainer(named.id), engine: "podman" });
    }
    container.name ??= named.name;
    if (container.cgroup !== "") continue;
    container.state = "running";
    without.set(pid, container);
  }
  return without;
}

/** Puts what descends from a monitor into its container, where no cgroup says otherwise. */
export function mapByMonitors(
  processes: readonly ProcessSample[],
  monitors: ReadonlyMap<number, ContainerSample>,
): void {
  if (monitors.size === 0) return;
  const parents = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  for (const process of processes) {
    // Pids were read one after the other and may seem to go in circles: 64 generations are enough.
    let at: number | undefined = process.container === null ? process.ppid : undefined;
    for (let steps = 0; at !== undefined && steps < 64; steps++) {
      const container = monitors.get(at);
      if (container !== undefined) {
        process.container = container.id;
        break;
      }
      at = parents.get(at);
    }
  }
}
