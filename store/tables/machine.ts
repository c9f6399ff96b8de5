/** Tables with one row per sample about the whole machine: memory, swap, pressure, and the boot watcher's two. */

import type {
  KernelMemory,
  MemoryInfo,
  PressureLine,
  SystemDescriptors,
  VmstatInfo,
} from "../../model/sample.ts";
import { type Moment, usedBytes } from "../derived_metrics.ts";
import { type Cell, type Column, columnsOf, kb, percent, type Table, timestampColumn } from "../table.ts";

const timestamp = timestampColumn<Moment>();
const memory = columnsOf((moment: Moment): MemoryInfo | null => moment.sample.memory);

/** A column that follows from /proc/meminfo, empty where that could not be read. */
const fromMemory = (
  name: string,
  unit: "KB" | "percent",
  doc: string,
  value: (memory: MemoryInfo, moment: Moment) => Cell,
): Column<Moment> => ({
  name,
  unit,
  doc,
  decimals: unit === "percent" ? 2 : 0,
  value: (moment) => moment.sample.memory && value(moment.sample.memory, moment),
});

const swapUsed = (memory: MemoryInfo) => memory.swap_total_bytes - memory.swap_free_bytes;

export const memoryTable: Table<Moment> = {
  name: "memory",
  doc: "Memory of the whole machine.",
  rows: "one row per sample",
  columns: [
    timestamp,
    memory.size("Total_KB", "MemTotal", "total_bytes"),
    fromMemory("Used_KB", "KB", "Total − Available", (memory) => kb(usedBytes(memory))),
    memory.size("Free_KB", "MemFree", "free_bytes"),
    memory.size("Available_KB", "MemAvailable", "available_bytes"),
    memory.size("Buffers_KB", "Buffers", "buffers_bytes"),
    memory.size("Cached_KB", "Cached, which holds Shmem too", "cached_bytes"),
    fromMemory(
      "Usage_Percent",
      "percent",
      "Used of Total",
      (memory) => percent(usedBytes(memory), memory.total_bytes),
    ),
    {
      name: "Top_Process",
      unit: "text",
      doc: "Name of the process with the largest resident set",
      value: ({ top_memory }) => top_memory && top_memory.name,
    },
    {
      name: "Top_Process_Mem",
      unit: "KB",
      doc: "Its resident set, in KB",
      value: ({ top_memory }) => top_memory && kb(top_memory.rss_bytes),
    },
  ],
};

export const swapTable: Table<Moment> = {
  name: "swap",
  doc: "Swap space and the traffic to and from it.",
  rows: "one row per sample",
  columns: [
    timestamp,
    memory.size("Total_KB", "SwapTotal", "swap_total_bytes"),
    fromMemory("Used_KB", "KB", "SwapTotal − SwapFree", (memory) => kb(swapUsed(memory))),
    memory.size("Free_KB", "SwapFree", "swap_free_bytes"),
    fromMemory(
      "Usage_Percent",
      "percent",
      "Used of Total; 0 without swap",
      (memory) => percent(swapUsed(memory), memory.swap_total_bytes) ?? 0,
    ),
    {
      name: "In_KB_Per_Second",
      unit: "KB/s",
      doc: "Read back since the previous sample (vmstat pswpin); empty in the first row and after a gap",
      decimals: 1,
      value: (moment) => inKilobytes(moment.swap_in_bytes_per_second),
    },
    {
      name: "Out_KB_Per_Second",
      unit: "KB/s",
      doc: "Written out since the previous sample (vmstat pswpout)",
      decimals: 1,
      value: (moment) => inKilobytes(moment.swap_out_bytes_per_second),
    },
    {
      name: "Top_Process",
      unit: "text",
      doc: "Name of the process with the most swap; empty if none has any",
      value: ({ top_swap }) => top_swap && top_swap.name,
    },
    {
      name: "Top_Process_Swap_KB",
      unit: "KB",
      doc: "Its VmSwap",
      value: ({ top_swap }) => top_swap && kb(top_swap.swap_bytes),
    },
  ],
};

const inKilobytes = (bytes: number | null): number | null => bytes === null ? null : bytes / 1024;

const some = columnsOf(({ sample }: Moment): PressureLine | null => sample.pressure?.memory?.some ?? null);
const full = columnsOf(({ sample }: Moment): PressureLine | null => sample.pressure?.memory?.full ?? null);

export const pressureTable: Table<Moment> = {
  name: "pressure",
  doc: "Stalls on memory (/proc/pressure/memory). Only the header if the kernel has none (psi=0).",
  rows: "one row per sample",
  columns: [
    timestamp,
    some.percent("Some_Avg10", "Time in which some task waited for memory, last 10 s", "avg10_percent"),
    some.percent("Some_Avg60", "The same, last 60 s", "avg60_percent"),
    some.percent("Some_Avg300", "The same, last 300 s", "avg300_percent"),
    some.microseconds(
      "Some_Total_US",
      "The same since boot; its differences are exact",
      "total_microseconds",
    ),
    full.percent("Full_Avg10", "Time in which all tasks waited for memory, last 10 s", "avg10_percent"),
    full.percent("Full_Avg60", "The same, last 60 s", "avg60_percent"),
    full.percent("Full_Avg300", "The same, last 300 s", "avg300_percent"),
    full.microseconds("Full_Total_US", "The same since boot", "total_microseconds"),
  ],
};

const growth = (name: string, doc: string, value: (memory: MemoryInfo) => number): Column<Moment> =>
  fromMemory(name, "KB", doc, (memory, { baseline }) => baseline && kb(value(memory) - value(baseline)));

export const bootMemoryTable: Table<Moment> = {
  name: "memory",
  doc: "Memory of the whole machine since boot, with its growth over the baseline (the first row).",
  rows: "one row per sample",
  columns: [
    ...memoryTable.columns,
    growth("Used_Growth_KB", "Used now minus Used at the baseline", usedBytes),
    fromMemory(
      "Used_Growth_Percent",
      "percent",
      "The same, of Used at the baseline",
      (memory, { baseline }) =>
        baseline && percent(usedBytes(memory) - usedBytes(baseline), usedBytes(baseline)),
    ),
    growth(
      "Available_Growth_KB",
      "Available now minus then; negative while available memory falls",
      (memory) => memory.available_bytes,
    ),
    growth("Cached_Growth_KB", "Cached now minus then", (memory) => memory.cached_bytes),
    growth("Anon_Growth_KB", "AnonPages now minus then", (memory) => memory.anon_bytes),
    growth("Swap_Used_Growth_KB", "Swap in use now minus then", swapUsed),
  ],
};

const vmstat = columnsOf(({ sample }: Moment): VmstatInfo | null => sample.vmstat);
const descriptors = columnsOf(({ sample }: Moment): SystemDescriptors | null => sample.system_descriptors);
/** Read less often than the rest: empty in between. */
const counts = columnsOf(({ sample }: Moment): KernelMemory | null => isRead(sample) ? sample.kernel : null);
const isRead = ({ updated }: Moment["sample"]) => updated.has("kernel_memory");

/** Columns of what is counted outside /proc/meminfo. */
export const KERNEL_COUNTS: readonly Column<Moment>[] = [
  counts.count("Dying_Cgroups", "Removed cgroups that still hold memory", "dying_cgroups"),
  counts.count("Cgroups", "Cgroups", "cgroups"),
  counts.count("Network_Namespaces", "Network namespaces in the kernel", "network_namespaces"),
  counts.count(
    "Network_Namespaces_Visible",
    "Those with a process in them or a mount",
    "network_namespaces_visible",
  ),
  counts.size("TCP_KB", "Memory of TCP sockets", "tcp_bytes"),
  counts.size("UDP_KB", "Memory of UDP sockets", "udp_bytes"),
  counts.count("Sockets", "Sockets", "sockets"),
  counts.count("Inodes", "Inodes in memory", "inodes"),
  counts.count("Dentries", "Directory entries in memory", "dentries"),
  counts.count("Modules", "Kernel modules", "modules"),
  counts.count("Mounts", "Mounts in the first process's namespace", "mounts"),
  counts.size("Fragments_KB", "Pieces of IP packets", "fragment_bytes"),
  counts.size("Zram_KB", "Memory of compressed swap devices", "zram_bytes"),
  counts.size("Balloon_KB", "Memory that the hypervisor has reclaimed", "balloon_bytes"),
];

export const kernelTable: Table<Moment> = {
  name: "kernel",
  doc: "Memory of the kernel itself, and its counters. Empty if this kernel does not report it.",
  rows:
    "one row per sample; the columns from Dying_Cgroups on are read about every 15 s, and empty in between",
  columns: [
    timestamp,
    memory.size("Slab_KB", "Slab", "slab_bytes"),
    memory.size("SReclaimable_KB", "Slab that can be given back", "slab_reclaimable_bytes"),
    memory.size("SUnreclaim_KB", "Slab that cannot", "slab_unreclaimable_bytes"),
    memory.size("Vmalloc_Used_KB", "VmallocUsed", "vmalloc_used_bytes"),
    memory.size("Page_Tables_KB", "PageTables", "page_tables_bytes"),
    memory.size("Kernel_Stack_KB", "KernelStack", "kernel_stack_bytes"),
    memory.size("Percpu_KB", "Percpu", "percpu_bytes"),
    memory.size(
      "Unaccounted_KB",
      "MemTotal minus everything the kernel accounts for; its growth matters, not its size",
      "unaccounted_bytes",
    ),
    memory.size("Anon_KB", "AnonPages", "anon_bytes"),
    memory.size("Shmem_KB", "Shmem: shared memory and tmpfs", "shmem_bytes"),
    memory.size("Mapped_KB", "Mapped: files in address spaces", "file_mapped_bytes"),
    memory.size("Swap_Cached_KB", "SwapCached", "swap_cached_bytes"),
    memory.size("KReclaimable_KB", "KReclaimable", "kernel_reclaimable_bytes"),
    memory.size("Sec_Page_Tables_KB", "SecPageTables: of virtual machines", "secondary_page_tables_bytes"),
    memory.size("Hugetlb_KB", "Hugetlb: huge pages set aside", "hugetlb_bytes"),
    memory.size("Zswap_KB", "Zswap: compressed swap in memory", "zswap_bytes"),
    memory.size("Bounce_KB", "Bounce", "bounce_bytes"),
    memory.size("Writeback_Tmp_KB", "WritebackTmp", "writeback_tmp_bytes"),
    memory.size("Unevictable_KB", "Unevictable", "unevictable_bytes"),
    memory.size("Mlocked_KB", "Mlocked", "mlocked_bytes"),
    memory.size("Committed_KB", "Committed_AS", "committed_bytes"),
    memory.size("Commit_Limit_KB", "CommitLimit", "commit_limit_bytes"),
    vmstat.size("Swap_In_KB", "Read back from swap since boot", "swap_in_bytes"),
    vmstat.size("Swap_Out_KB", "Written to swap since boot", "swap_out_bytes"),
    vmstat.count("OOM_Kills", "Processes killed out of memory since boot", "oom_kills"),
    vmstat.count("Major_Faults", "Page faults that waited for a disk, since boot", "major_faults"),
    descriptors.count("File_Handles", "Open files of the whole machine (file-nr)", "allocated"),
    descriptors.count("File_Max", "Their limit", "limit"),
    ...KERNEL_COUNTS,
  ],
};
