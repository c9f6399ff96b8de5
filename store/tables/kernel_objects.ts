/** Tables with several rows per sample about the kernel's allocators: free blocks per zone, slab caches. */

import type { MemoryInfo, SlabCache, ZoneFragmentation } from "../../model/sample.ts";
import { type Column, columnsOf, type Table, timestampColumn } from "../table.ts";

export interface ZoneItem {
  zone: ZoneFragmentation;
  memory: MemoryInfo | null;
}

const ORDERS = Array.from({ length: 11 }, (_, order) => order);

const zone = columnsOf(({ zone }: ZoneItem) => zone);
const memory = columnsOf(({ memory }: ZoneItem) => memory);

const unusable = (order: number, doc: string): Column<ZoneItem> => ({
  name: `Unusable_Order_${order}`,
  unit: "ratio",
  doc,
  decimals: 4,
  value: ({ zone }) => zone.unusable[order] ?? null,
});

export const fragmentationTable: Table<ZoneItem> = {
  name: "fragmentation",
  doc: "Free blocks of every zone (/proc/buddyinfo), and the slab's size beside them.",
  rows: "one row per zone, about every 15 s",
  columns: [
    timestampColumn(),
    zone.count("Node", "NUMA node", "node"),
    zone.text("Zone", "DMA, DMA32, Normal, Movable …", "zone"),
    zone.size("Free_KB", "Free memory of the zone", "free_bytes"),
    ...ORDERS.map((order): Column<ZoneItem> => ({
      name: `Order_${order}`,
      unit: "count",
      doc: `Free blocks of 2^${order} pages`,
      value: ({ zone }) => zone.free_blocks[order] ?? 0,
      restore: ({ zone }, cell) => zone.free_blocks[order] = Number(cell),
    })),
    unusable(4, "Share of the free memory that cannot serve 64 KB at once: 0 none, 1 all"),
    unusable(9, "The same for a huge page of 2 MB"),
    memory.size("Slab_KB", "Slab of the whole machine", "slab_bytes"),
    memory.size("SReclaimable_KB", "Slab that can be given back", "slab_reclaimable_bytes"),
    memory.size("SUnreclaim_KB", "Slab that cannot", "slab_unreclaimable_bytes"),
  ],
};

const slab = columnsOf((cache: SlabCache) => cache);

export const slabTable: Table<SlabCache> = {
  name: "slab",
  doc: "Kernel slab caches (/proc/slabinfo; needs root).",
  rows:
    "about every 15 s, when the caches are read: the 20 largest, every suspect, and others that changed; all of them at the session's start",
  columns: [
    timestampColumn(),
    slab.text("Cache", "Name of the cache", "name"),
    slab.count("Active_Objects", "Objects in use", "active_objects"),
    slab.count("Objects", "Objects in use or free", "objects"),
    slab.bytes("Object_Bytes", "Size of one object", "object_bytes"),
    slab.size("Size_KB", "Pages that the cache holds", "size_bytes"),
  ],
};
