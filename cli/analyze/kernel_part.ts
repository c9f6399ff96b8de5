import { emptyKernelMemory } from "../../model/empty_records.ts";
import type { Sample } from "../../model/sample.ts";
import type { KernelLine, KernelPart } from "./model.ts";
import type { WindowStart } from "./window_recorder.ts";

const SLABS_SHOWN = 20;

/** Kernel memory by kind and by slab cache, with its change since the window's start. */
export function kernelPart(sample: Sample, start: WindowStart | null, all: boolean): KernelPart | null {
  if (!sample.memory && !sample.kernel && !sample.slab_caches && !sample.zones) return null;
  const moved = start !== null && sample.time_seconds > start.time_seconds;
  const slabs = sample.slab_caches?.map((cache) => ({
    ...cache,
    growth_bytes: moved ? cache.size_bytes - (start.slab_bytes.get(cache.name) ?? 0) : null,
  })).sort((a, b) => b.size_bytes - a.size_bytes) ?? null;
  return {
    ...structuredClone(sample.kernel ?? emptyKernelMemory()),
    parts: kernelLines(sample, moved ? start : null),
    slab_caches: slabs?.filter((cache, rank) => all || rank < SLABS_SHOWN || (cache.growth_bytes ?? 0) > 0) ??
      null,
    slab_cache_count: slabs?.length ?? null,
    zones: structuredClone(sample.zones),
  };
}

function kernelLines(sample: Sample, start: WindowStart | null): KernelLine[] {
  const kernel = sample.kernel;
  const lines: KernelLine[] = [];
  const add = (name: string, bytes: number | null | undefined, begin: number | null | undefined) => {
    if (bytes == null) return;
    lines.push({ name, bytes, growth_bytes: start && begin != null ? bytes - begin : null });
  };
  add("TCP buffers", kernel?.tcp_bytes, start?.kernel?.tcp_bytes);
  add("UDP buffers", kernel?.udp_bytes, start?.kernel?.udp_bytes);
  add("IP fragments", kernel?.fragment_bytes, start?.kernel?.fragment_bytes);
  add("zram", kernel?.zram_bytes, start?.kernel?.zram_bytes);
  return lines;
}
