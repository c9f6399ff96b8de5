/** Tables with several rows per sample about the kernel's allocators: free blocks per zone, slab caches. */

import type { MemoryInfo, SlabCache, ZoneFragmentation } from "../../model/sample.ts";
import { type Column, count, kb, type Table, text, timestampColumn } from "../table.ts";

export interface ZoneItem {
  zone: ZoneFragmentation;
  memory: MemoryInfo | null;
}

const ORDERS = Array.from({ length: 11 }, (_, order) => order);

const unusable = (order: number, doc: string): Column<ZoneItem> => ({
  name: `Unusable_Order_${order}`,
  unit: "ratio",
  doc,
  decimals: 4,
  value: ({ zone }) => zone.unusable[order] ?? null,
});

const slab = (name: string, doc: string, value: (memory: MemoryInfo) => number | null): Column<ZoneItem> => ({
  name,
  unit: "KB",
  doc,
  value: ({ memory }) => memory && kb(value(memory)),
});

export const fragmentationTable: Table<ZoneItem> = {
  name: "fragmentation",
  doc: "Free blocks of every zone (/proc/buddyinfo), and the slab's size beside them.",
  rows: "one row per zone, about every 15 s",
  columns: [
    timestampColumn(),
    count("Node", "NUMA node", ({ zone }) => zone.node),
    text("Zone", "DMA, DMA32, Normal, Movable …", ({ zone }) => zone.zone),
    { name: "Free_KB", unit: "KB", doc: "Free memory of the zone", value: ({ zone }) => kb(zone.free_bytes) },
    ...ORDERS.map((order): Column<ZoneItem> => ({
      name: `Order_${order}`,
      unit: "count",
      doc: `Free blocks of 2^${order} pages`,
      value: ({ zone }) => zone.free_blocks[order] ?? 0,
    })),
    unusable(4, "Share of the free memory that cannot serve 64 KB at once: 0 none, 1 all"),
    unusable(9, "The same for a huge page of 2 MB"),
    slab("Slab_KB", "Slab of the whole machine", (memory) => memory.slab_bytes),
    slab("SReclaimable_KB", "Slab that can be given back", (memory) => memory.slab_reclaimable_bytes),
    slab("SUnreclaim_KB", "Slab that cannot", (memory) => memory.slab_unreclaimable_bytes),
  ],
};

export const slabTable: Table<SlabCache> = {
  name: "slab",
  doc: "Kernel slab caches (/proc/slabinfo; needs root).",
  rows:
    "about once a minute, when the caches are read: the 20 largest and every one that has grown since the session's start",
  columns: [
    timestampColumn(),
    text("Cache", "Name of the cache", (cache) => cache.name),
    count("Active_Objects", "Objects in use", (cache) => cache.active_objects),
    count("Objects", "Objects in use or free", (cache) => cache.objects),
    { name: "Object_Bytes", unit: "bytes", doc: "Size of one object", value: (cache) => cache.object_bytes },
    {
      name: "Size_KB",
      unit: "KB",
      doc: "Pages that the cache holds",
      value: (cache) => kb(cache.size_bytes),
    },
  ],
};
