import { containerTitle } from "../../model/container_title.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import { unitAround } from "./unit_around.ts";

/** A limit below which a process can live: the room in its container or unit, else what the machine has left. */
interface Headroom {
  bytes: number;
  name: string;
}

export interface Headrooms {
  of(process: ProcessSample): Headroom | null;
}

/** How much memory is left for a process: the least of its container's, its unit's and the machine's. */
export function headroomsOf(sample: Sample): Headrooms {
  const machine = sample.memory ? { bytes: sample.memory.available_bytes, name: "MemAvailable" } : null;
  const containers = new Map<string, Headroom>(), units = new Map<string, Headroom>();
  const unitsByName = new Map<string, Headroom>();
  const left = (group: { limit_bytes: number | null; working_set_bytes: number | null }) =>
    group.limit_bytes === null || group.working_set_bytes === null
      ? null
      : Math.max(0, group.limit_bytes - group.working_set_bytes);
  for (const group of sample.containers) {
    const bytes = left(group);
    if (bytes !== null) {
      containers.set(group.id, {
        bytes,
        name: `memory limit of container ${containerTitle(group)}`,
      });
    }
  }
  for (const group of sample.units) {
    const bytes = left(group);
    if (bytes === null) continue;
    const room = { bytes, name: `memory limit of ${group.name}` };
    units.set(group.cgroup, room);
    unitsByName.set(group.name, room);
  }
  if (containers.size === 0 && units.size === 0) return { of: () => machine };
  // Most processes share their cgroup with others.
  const aroundCgroup = new Map<string, Headroom | undefined>();
  const around = (cgroup: string) => {
    if (!aroundCgroup.has(cgroup)) aroundCgroup.set(cgroup, unitAround(cgroup, units));
    return aroundCgroup.get(cgroup);
  };
  return {
    of({ container, unit, cgroup }) {
      const ofContainer = container === null ? undefined : containers.get(container);
      // By name only where no path is known: units of the system and of users share names.
      const ofUnit = cgroup !== null ? around(cgroup) : unit === null ? undefined : unitsByName.get(unit);
      return narrower(narrower(machine, ofContainer), ofUnit);
    },
  };
}

const narrower = (room: Headroom | null, other: Headroom | undefined): Headroom | null =>
  other && (!room || other.bytes < room.bytes) ? other : room;
