/** What a sample holds of containers, systemd units and the engines that name them. */

export interface ContainerSample {
  id: string;
  name: string | null;
  engine: "docker" | "podman" | "containerd" | "kubernetes" | "lxc" | "nspawn" | "unknown";
  image: string | null;
  /** Pod and namespace where Kubernetes names them. */
  pod: string | null;
  cgroup: string;
  /** Inode of the cgroup: another one at the same path is another cgroup. */
  cgroup_id?: number | null;
  state: "running" | "stopped" | "unknown";
  usage_bytes: number | null;
  /** usage − inactive_file, floor 0. */
  working_set_bytes: number | null;
  /** The smallest limit among its own and its parents'; null: none. */
  limit_bytes: number | null;
  /** The cgroup that sets that limit: its own path or a parent's. */
  limit_cgroup: string | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  shmem_bytes: number | null;
  kernel_bytes: number | null;
  socket_bytes: number | null;
  swap_bytes: number | null;
  /** Unreclaimable slab and kernel stacks where the kernel tells. */
  kernel_unreclaimable_bytes: number | null;
  events_max: number | null;
  oom_events: number | null;
  oom_kills: number | null;
  pressure_some_microseconds: number | null;
  pressure_full_microseconds: number | null;
  pids: number | null;
  restarts: number | null;
  oom_killed: boolean | null;
  exit_code: number | null;
  processes: number[];
}

/** A systemd unit (service, scope or slice) with its cgroup's memory. */
export interface UnitSample {
  name: string;
  cgroup: string;
  /** Inode of the cgroup: another one at the same path is another cgroup. */
  cgroup_id?: number | null;
  kind: "service" | "scope" | "slice" | "other";
  usage_bytes: number | null;
  working_set_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  shmem_bytes: number | null;
  kernel_bytes: number | null;
  kernel_unreclaimable_bytes: number | null;
  swap_bytes: number | null;
  oom_kills: number | null;
  pids: number | null;
}

/** A container engine that answers on its socket. */
export interface EngineSample {
  engine: "docker" | "podman";
  socket: string;
  version: string | null;
  space: DiskUsage[];
}

export interface DiskUsage {
  kind: "images" | "containers" | "volumes" | "build-cache";
  count: number;
  size_bytes: number;
  reclaimable_bytes: number | null;
}
