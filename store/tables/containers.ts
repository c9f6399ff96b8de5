/** Tables about containers and what their engines keep on disk. */

import type { ContainerSample, DiskUsage, EngineSample, UnitSample } from "../../model/sample.ts";
import { columnsOf, type ENDED, percent, type Table, text, timestampColumn } from "../table.ts";

const of = columnsOf((container: ContainerSample) => container);

/** Docker's habit: twelve digits of a hexadecimal id; other ids as they are. */
const shortId = (id: string) => /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;

export const dockerTable: Table<ContainerSample> = {
  name: "docker",
  doc: "Containers of every engine, from their cgroups. Only the header if there are none.",
  rows: "one row per container and sample",
  columns: [
    timestampColumn(),
    of.text("Engine", "docker, podman, containerd, kubernetes, lxc, nspawn or unknown", "engine"),
    text("Container_ID", "Its id; the first twelve digits of a long one", ({ id }) => shortId(id)),
    of.text("Name", "Its name; empty if the engine does not answer", "name"),
    of.text("Image", "Its image", "image"),
    of.size("Usage_KB", "Memory charged to it, with page cache", "usage_bytes"),
    of.size("Working_Set_KB", "Usage without inactive file pages", "working_set_bytes"),
    of.size("Limit_KB", "The smallest limit of its own and its parents; empty: none", "limit_bytes"),
    {
      name: "Usage_Percent",
      unit: "percent",
      doc: "Usage of the limit; empty without one",
      decimals: 2,
      value: (container) => percent(container.usage_bytes, container.limit_bytes),
    },
    of.size("Anon_KB", "Anonymous memory", "anon_bytes"),
    of.size("File_KB", "Page cache", "file_bytes"),
    of.size("Kernel_KB", "Kernel memory charged to it", "kernel_bytes"),
    of.count("OOM_Kills", "Processes killed at its limit so far", "oom_kills"),
    of.count("PIDs", "Tasks in it", "pids"),
    of.size("Shmem_KB", "Shared memory and tmpfs", "shmem_bytes"),
    of.size("Swap_KB", "Swap", "swap_bytes"),
    of.size(
      "Kernel_Unreclaimable_KB",
      "Kernel memory that it cannot give back",
      "kernel_unreclaimable_bytes",
    ),
    of.size("Socket_KB", "Socket buffers", "socket_bytes"),
    of.text("State", "running, stopped or unknown", "state"),
    of.text("Pod", "Its pod, in Kubernetes", "pod"),
    of.text("Full_ID", "Its full id", "id"),
    of.text("Cgroup", "Path in the cgroup tree; empty where it has none", "cgroup"),
    of.text("Limit_Cgroup", "The cgroup that sets the limit: its own or a parent's", "limit_cgroup"),
  ],
};

export type UnitItem = Omit<UnitSample, "kind"> & { kind: UnitSample["kind"] | typeof ENDED };

const unit = columnsOf((unit: UnitItem) => unit);

export const unitsTable: Table<UnitItem> = {
  name: "units",
  doc: "systemd units and other cgroups with memory of their own.",
  rows: "at the first sample all of them; then those that changed since their last row, and all once an hour",
  columns: [
    timestampColumn(),
    unit.text("Unit", "Name of the unit, or of the cgroup", "name"),
    unit.text("Kind", "service, scope, slice or other; ended: this is its last row", "kind"),
    unit.text("Cgroup", "Path in the cgroup tree", "cgroup"),
    unit.size("Usage_KB", "Memory charged to it, with page cache", "usage_bytes"),
    unit.size("Working_Set_KB", "Usage without inactive file pages", "working_set_bytes"),
    unit.size("Limit_KB", "The smallest limit of its own and its parents; empty: none", "limit_bytes"),
    unit.size("Anon_KB", "Anonymous memory", "anon_bytes"),
    unit.size("File_KB", "Page cache", "file_bytes"),
    unit.size("Shmem_KB", "Shared memory and tmpfs", "shmem_bytes"),
    unit.size("Swap_KB", "Swap", "swap_bytes"),
    unit.size("Kernel_KB", "Kernel memory charged to it", "kernel_bytes"),
    unit.size(
      "Kernel_Unreclaimable_KB",
      "Kernel memory that it cannot give back",
      "kernel_unreclaimable_bytes",
    ),
    unit.count("OOM_Kills", "Processes killed at its limit so far", "oom_kills"),
    unit.count("PIDs", "Tasks in it", "pids"),
  ],
};

export interface SpaceItem {
  engine: EngineSample;
  space: DiskUsage;
}

const engine = columnsOf(({ engine }: SpaceItem) => engine);
const space = columnsOf(({ space }: SpaceItem) => space);

export const dockerSpaceTable: Table<SpaceItem> = {
  name: "docker_space",
  doc: "Disk space that container engines hold (their /system/df).",
  rows: "one row per engine and kind when it changed, and at the start",
  columns: [
    timestampColumn(),
    engine.text("Engine", "docker or podman", "engine"),
    space.text("Kind", "images, containers, volumes or build-cache", "kind"),
    space.count("Count", "How many", "count"),
    space.size("Size_KB", "Disk space they use", "size_bytes"),
    space.size(
      "Reclaimable_KB",
      "What a prune would free; empty if the engine does not report it",
      "reclaimable_bytes",
    ),
  ],
};
