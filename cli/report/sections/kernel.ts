import { formatBytes, formatChange, formatCount } from "../../../model/format.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, leftOut, right, shown } from "./common.ts";

/** Kernel memory by kind, and the objects that pin it. */
export function kernelSection(analysis: Analysis): Section {
  const source = "cgroup.stat, /proc/net/sockstat, inode-nr, dentry-state";
  const kernel = analysis.kernel;
  if (!kernel) return shortSection("KERNEL", source, "not readable");
  const counts = ([
    ["dying cgroups", kernel.dying_cgroups],
    ["cgroups", kernel.cgroups],
    ["network namespaces", kernel.network_namespaces],
    ["sockets", kernel.sockets],
    ["inodes", kernel.inodes],
    ["dentries", kernel.dentries],
    ["modules", kernel.modules],
  ] as const).filter(([, count]) => count !== null).map(([name, count]) => `${name} ${formatCount(count)}`);
  const sizes = kernel.parts.filter((part) => part.bytes !== 0).map((part) =>
    `${part.name} ${formatBytes(part.bytes)}${
      part.growth_bytes ? ` (${formatChange(part.growth_bytes)})` : ""
    }`
  );
  return {
    title: "KERNEL",
    source,
    short: null,
    blocks: [{ kind: "lines", lines: [counts.join(" · "), sizes.join(" · ")].filter((line) => line !== "") }],
  };
}

/** Slab caches: the kernel's own objects by type. */
export function slabSection(analysis: Analysis, top: number): Section {
  const source = "/proc/slabinfo";
  const caches = analysis.kernel?.slab_caches;
  if (!caches) {
    const total = analysis.system?.memory?.slab_bytes;
    return shortSection(
      "SLAB",
      source,
      `${total === undefined ? "" : `${formatBytes(total)} in all; `}caches not readable, see UNAVAILABLE`,
    );
  }
  const kept = shown(caches, top);
  return {
    title: "SLAB",
    source,
    short: caches.length === 0 ? "no cache in use" : null,
    blocks: caches.length === 0 ? [] : [{
      kind: "table",
      columns: [
        left("CACHE", 30),
        right("SIZE"),
        right("OBJECTS"),
        right("ACTIVE"),
        right("EACH"),
        right("CHANGE"),
      ],
      rows: kept.map((cache) => [
        cache.name,
        formatBytes(cache.size_bytes),
        formatCount(cache.objects),
        formatCount(cache.active_objects),
        formatBytes(cache.object_bytes),
        cache.growth_bytes === null ? "" : formatChange(cache.growth_bytes),
      ]),
      note: leftOut(kept.length, analysis.kernel?.slab_cache_count ?? caches.length),
    }],
  };
}
