/** Containers, units and an engine of the made-up machine. */

import type { ContainerSample, Sample } from "../../../model/sample.ts";
import { GIB, MIB } from "./noise.ts";
import { LEAKING_PID, NAMES } from "./processes.ts";

export function containersAt(hours: number, factor = 1): Pick<Sample, "containers" | "units" | "engines"> {
  return {
    containers: [
      container("web", 300, 512, factor * hours * 1),
      container("lab-leaker", 40, 96, factor * hours * 18),
      container("steady", 120, null, 0),
    ],
    units: NAMES.slice(1, 9).map(([, , unit], i) => ({
      name: unit,
      cgroup: `/system.slice/${unit}`,
      kind: "service",
      usage_bytes: (600 / (i + 1) + (i === 0 ? factor * hours * 96 : 0)) * MIB,
      working_set_bytes: (500 / (i + 1)) * MIB,
      limit_bytes: i === 0 ? 4 * GIB : null,
      anon_bytes: (400 / (i + 1) + (i === 0 ? factor * hours * 96 : 0)) * MIB,
      file_bytes: 10 * MIB,
      shmem_bytes: 0,
      kernel_bytes: 4 * MIB,
      kernel_unreclaimable_bytes: 2 * MIB,
      swap_bytes: 0,
      oom_kills: 0,
      pids: 4,
    })),
    engines: [{
      engine: "docker",
      socket: "/run/docker.sock",
      version: "20.10.24",
      space: [
        { kind: "images", count: 12, size_bytes: 4.1 * GIB, reclaimable_bytes: 1.2 * GIB },
        { kind: "volumes", count: 3, size_bytes: 800 * MIB, reclaimable_bytes: 0 },
        { kind: "build-cache", count: 31, size_bytes: 2.2 * GIB, reclaimable_bytes: 2.2 * GIB },
      ],
    }],
  };
}

function container(name: string, mib: number, limit: number | null, growth: number): ContainerSample {
  const anon = (mib * 0.7 + growth) * MIB;
  return {
    id: name.padEnd(64, "0").replace(/[^0-9a-f]/g, "a"),
    name,
    engine: "docker",
    image: `registry.example/${name}:1.4`,
    pod: null,
    cgroup: `/docker/${name}`,
    state: "running",
    usage_bytes: anon + mib * 0.3 * MIB,
    working_set_bytes: anon + mib * 0.1 * MIB,
    limit_bytes: limit === null ? null : limit * MIB,
    limit_cgroup: null,
    anon_bytes: anon,
    file_bytes: mib * 0.2 * MIB,
    shmem_bytes: 0,
    kernel_bytes: 3 * MIB,
    socket_bytes: 0,
    swap_bytes: 0,
    kernel_unreclaimable_bytes: MIB,
    events_max: 0,
    oom_events: 0,
    oom_kills: name === "lab-leaker" ? 2 : 0,
    pressure_some_microseconds: 0,
    pressure_full_microseconds: 0,
    pids: 5,
    restarts: name === "lab-leaker" ? 2 : 0,
    oom_killed: null,
    exit_code: null,
    processes: [LEAKING_PID],
  };
}
