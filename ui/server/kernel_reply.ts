/** The kernel's own memory: caches, zones, counts, and the table that adds up to MemTotal. */

import type { Sample } from "../../model/sample.ts";
import type { KernelReply, SlabRow, Suspect, ZoneHistory } from "./api.ts";
import type { MachineViewPorts } from "./ports.ts";
import type { GroupHistory } from "./history/group_history.ts";
import type { RangeQuery } from "./view.ts";

/** The largest, and as many of the fastest growing: of some 250 the rest neither weighs nor moves. */
const MAX_LARGEST = 40;
const MAX_GROWING = 20;
/** A heat map has as many columns as a screen can tell apart. */
const MAX_MOMENTS = 240;

export function kernelReply(
  sample: Sample | null,
  suspects: readonly Suspect[],
  history: GroupHistory,
  range: RangeQuery,
  memoryMap: MachineViewPorts["memory_map"],
): KernelReply {
  const memory = sample?.memory ?? null;
  const kernel = sample?.kernel ?? null;
  return {
    time_seconds: sample?.time_seconds ?? null,
    memory,
    memory_map: memory ? memoryMap(memory) : [],
    slab_caches: sample?.slab_caches ? slabRows(sample, suspects, history) : null,
    zones: zoneHistories(sample, history, range),
    counts: {
      dying_cgroups: kernel?.dying_cgroups ?? null,
      cgroups: kernel?.cgroups ?? null,
      network_namespaces: kernel?.network_namespaces ?? null,
      network_namespaces_visible: kernel?.network_namespaces_visible ?? null,
      sockets: kernel?.sockets ?? null,
      tcp_bytes: kernel?.tcp_bytes ?? null,
      inodes: kernel?.inodes ?? null,
      dentries: kernel?.dentries ?? null,
      open_files: sample?.system_descriptors?.allocated ?? null,
    },
    huge_pages: kernel?.huge_pages ?? null,
    shared_memory: sample?.shared_memory ?? null,
    swap_devices: sample?.swap_devices ?? null,
    suspects: suspects.filter(({ kind }) => /^(kernel-|shared-memory|tmpfs|system-memory)/.test(kind)),
    unavailable: sample?.unavailable ?? [],
  };
}

function slabRows(sample: Sample, suspects: readonly Suspect[], history: GroupHistory): SlabRow[] {
  const suspected = new Map(
    suspects.flatMap((suspect) => suspect.kind === "kernel-slab" ? [[suspect.subject.name, suspect]] : []),
  );
  const rated = sample.slab_caches!.map((cache) => ({
    cache,
    ratePerHour: suspected.get(cache.name)?.rate_per_hour?.mid ?? history.slabs.ratePerHour(cache.name),
  })).sort((a, b) => b.cache.size_bytes - a.cache.size_bytes);
  const growing = new Set(
    rated.filter(({ ratePerHour }) => (ratePerHour ?? 0) > 0).sort((a, b) => b.ratePerHour! - a.ratePerHour!)
      .slice(0, MAX_GROWING),
  );
  return rated
    .filter((row, i) => i < MAX_LARGEST || growing.has(row) || suspected.has(row.cache.name))
    .map(({ cache, ratePerHour }) => ({
      ...cache,
      growth_bytes_per_hour: ratePerHour,
      verdict: suspected.get(cache.name)?.verdict ?? null,
      spark: history.slabs.spark(cache.name),
    }));
}

function zoneHistories(sample: Sample | null, history: GroupHistory, range: RangeQuery): ZoneHistory[] {
  return (sample?.zones ?? []).map(({ node, zone, free_bytes, free_blocks }) => {
    const points = Math.min(range.points, MAX_MOMENTS);
    const past = history.zones.read(`${node}/${zone}`, range.from, range.to, points);
    return {
      node,
      zone,
      free_bytes,
      free_blocks: [...free_blocks],
      time_seconds: past?.time_seconds ?? [],
      unusable: past?.time_seconds.map((_, k) =>
        past.mean.map((orders) =>
          Math.round((orders[k] ?? 0) * 1000) / 1000
        )
      ) ?? [],
    };
  });
}
