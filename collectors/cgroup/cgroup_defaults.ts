/** Empty records for what lives in a cgroup. */

import type { CgroupNode } from "./cgroup_tree.ts";
import type { ContainerSample, UnitSample } from "../../model/sample.ts";

/** A container of which only the id is known. */
export function emptyContainer(id: string): ContainerSample {
  return {
    id,
    name: null,
    engine: "unknown",
    image: null,
    pod: null,
    cgroup: "",
    state: "unknown",
    usage_bytes: null,
    working_set_bytes: null,
    limit_bytes: null,
    limit_cgroup: null,
    anon_bytes: null,
    file_bytes: null,
    shmem_bytes: null,
    kernel_bytes: null,
    socket_bytes: null,
    swap_bytes: null,
    kernel_unreclaimable_bytes: null,
    events_max: null,
    oom_events: null,
    oom_kills: null,
    pressure_some_microseconds: null,
    pressure_full_microseconds: null,
    pids: null,
    restarts: null,
    oom_killed: null,
    exit_code: null,
    processes: [],
  };
}

/** The container whose own cgroup this is. */
export function containerRecord(node: CgroupNode): ContainerSample {
  const { id, engine, name, pod } = node.identity.container!;
  return { ...emptyContainer(id), engine, name, pod, cgroup: node.path, state: "running" };
}

/** The unit (or plain cgroup) whose own cgroup this is; a plain one is named by its path. */
export function unitRecord(node: CgroupNode): UnitSample {
  return {
    name: node.identity.unit ?? node.path,
    cgroup: node.path,
    kind: node.identity.unitKind ?? "other",
    usage_bytes: null,
    working_set_bytes: null,
    limit_bytes: null,
    anon_bytes: null,
    file_bytes: null,
    shmem_bytes: null,
    kernel_bytes: null,
    kernel_unreclaimable_bytes: null,
    swap_bytes: null,
    oom_kills: null,
    pids: null,
  };
}
