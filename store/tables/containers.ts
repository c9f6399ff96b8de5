/** Tables about containers and what their engines keep on disk. */

import type { ContainerSample, DiskUsage, EngineSample } from "../../model/sample.ts";
import { type Column, count, kb, percent, type Table, text, timestampColumn } from "../table.ts";

const size = (
  name: string,
  doc: string,
  value: (container: ContainerSample) => number | null,
): Column<ContainerSample> => ({
  name,
  unit: "KB",
  doc,
  value: (container) => kb(value(container)),
});

/** Docker's habit: twelve digits of a hexadecimal id; other ids as they are. */
const shortId = (id: string) => /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;

export const dockerTable: Table<ContainerSample> = {
  name: "docker",
  doc: "Containers of every engine, from their cgroups. Only the header where there is none.",
  rows: "one row per container and sample",
  columns: [
    timestampColumn(),
    text(
      "Engine",
      "docker, podman, containerd, kubernetes, lxc, nspawn or unknown",
      (container) => container.engine,
    ),
    text(
      "Container_ID",
      "Its id; the first twelve digits of a long one",
      (container) => shortId(container.id),
    ),
    text("Name", "Its name; empty where the engine does not answer", (container) => container.name),
    text("Image", "Its image", (container) => container.image),
    size("Usage_KB", "Memory charged to it, with page cache", (container) => container.usage_bytes),
    size("Working_Set_KB", "Usage without inactive file pages", (container) => container.working_set_bytes),
    size(
      "Limit_KB",
      "The smallest limit of its own and its parents; empty: none",
      (container) => container.limit_bytes,
    ),
    {
      name: "Usage_Percent",
      unit: "percent",
      doc: "Usage of the limit; empty without one",
      decimals: 2,
      value: (container) => percent(container.usage_bytes, container.limit_bytes),
    },
    size("Anon_KB", "Anonymous memory", (container) => container.anon_bytes),
    size("File_KB", "Page cache", (container) => container.file_bytes),
    size("Kernel_KB", "Kernel memory charged to it", (container) => container.kernel_bytes),
    count("OOM_Kills", "Processes killed at its limit so far", (container) => container.oom_kills),
    count("PIDs", "Tasks in it", (container) => container.pids),
  ],
};

export interface SpaceItem {
  engine: EngineSample;
  space: DiskUsage;
}

export const dockerSpaceTable: Table<SpaceItem> = {
  name: "docker_space",
  doc: "Disk space that container engines hold (their /system/df).",
  rows: "one row per engine and kind when it changed, and at the start",
  columns: [
    timestampColumn(),
    text("Engine", "docker or podman", ({ engine }) => engine.engine),
    text("Kind", "images, containers, volumes or build-cache", ({ space }) => space.kind),
    count("Count", "How many", ({ space }) => space.count),
    { name: "Size_KB", unit: "KB", doc: "What they occupy", value: ({ space }) => kb(space.size_bytes) },
    {
      name: "Reclaimable_KB",
      unit: "KB",
      doc: "What a prune would free; empty where the engine does not say",
      value: ({ space }) => kb(space.reclaimable_bytes),
    },
  ],
};
