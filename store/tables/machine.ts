/** Tables with one row per sample about the whole machine: memory, swap, pressure, and the boot watcher's two. */

import type { MemoryInfo, PressureLine } from "../../model/sample.ts";
import { type Moment, usedBytes } from "../derived_metrics.ts";
import { type Cell, type Column, kb, percent, type Table, timestampColumn } from "../table.ts";

const timestamp = timestampColumn<Moment>();

/** A column that is empty where /proc/meminfo could not be read. */
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
    fromMemory("Total_KB", "KB", "MemTotal", (memory) => kb(memory.total_bytes)),
    fromMemory("Used_KB", "KB", "Total − Available", (memory) => kb(usedBytes(memory))),
    fromMemory("Free_KB", "KB", "MemFree", (memory) => kb(memory.free_bytes)),
    fromMemory("Available_KB", "KB", "MemAvailable", (memory) => kb(memory.available_bytes)),
    fromMemory("Buffers_KB", "KB", "Buffers", (memory) => kb(memory.buffers_bytes)),
    fromMemory("Cached_KB", "KB", "Cached, which holds Shmem too", (memory) => kb(memory.cached_bytes)),
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
    fromMemory("Total_KB", "KB", "SwapTotal", (memory) => kb(memory.swap_total_bytes)),
    fromMemory("Used_KB", "KB", "SwapTotal − SwapFree", (memory) => kb(swapUsed(memory))),
    fromMemory("Free_KB", "KB", "SwapFree", (memory) => kb(memory.swap_free_bytes)),
    fromMemory(
      "Usage_Percent",
      "percent",
      "Used of Total; 0 without swap",
      (memory) => percent(swapUsed(memory), memory.swap_total_bytes) ?? 0,
    ),
    {
      name: "In_KB_Per_Second",
      unit: "KB/s",
      doc: "Read back since the sample before (vmstat pswpin); empty in the first row and after a gap",
      decimals: 1,
      value: (moment) => inKilobytes(moment.swap_in_bytes_per_second),
    },
    {
      name: "Out_KB_Per_Second",
      unit: "KB/s",
      doc: "Written out since the sample before (vmstat pswpout)",
      decimals: 1,
      value: (moment) => inKilobytes(moment.swap_out_bytes_per_second),
    },
    {
      name: "Top_Process",
      unit: "text",
      doc: "Name of the process with most in swap; empty where none has any",
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

const stall = (
  kind: "some" | "full",
  what: keyof PressureLine,
  name: string,
  doc: string,
): Column<Moment> => ({
  name,
  unit: what === "total_microseconds" ? "µs" : "percent",
  doc,
  decimals: what === "total_microseconds" ? 0 : 2,
  value: ({ sample }) => sample.pressure?.memory?.[kind]?.[what] ?? null,
});

export const pressureTable: Table<Moment> = {
  name: "pressure",
  doc: "Stalls on memory (/proc/pressure/memory). Only the header where the kernel has none (psi=0).",
  rows: "one row per sample",
  columns: [
    timestamp,
    stall("some", "avg10_percent", "Some_Avg10", "Time in which some task waited for memory, last 10 s"),
    stall("some", "avg60_percent", "Some_Avg60", "The same, last 60 s"),
    stall("some", "avg300_percent", "Some_Avg300", "The same, last 300 s"),
    stall("some", "total_microseconds", "Some_Total_US", "The same since boot; its differences are exact"),
    stall("full", "avg10_percent", "Full_Avg10", "Time in which all tasks waited for memory, last 10 s"),
    stall("full", "avg60_percent", "Full_Avg60", "The same, last 60 s"),
    stall("full", "avg300_percent", "Full_Avg300", "The same, last 300 s"),
    stall("full", "total_microseconds", "Full_Total_US", "The same since boot"),
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
      "Available now minus then; negative while memory shrinks",
      (memory) => memory.available_bytes,
    ),
    growth("Cached_Growth_KB", "Cached now minus then", (memory) => memory.cached_bytes),
    growth("Anon_Growth_KB", "AnonPages now minus then", (memory) => memory.anon_bytes),
    growth("Swap_Used_Growth_KB", "Swap in use now minus then", swapUsed),
  ],
};

export const kernelTable: Table<Moment> = {
  name: "kernel",
  doc: "Memory of the kernel itself (/proc/meminfo). Empty where this kernel has no such line.",
  rows: "one row per sample",
  columns: [
    timestamp,
    fromMemory("Slab_KB", "KB", "Slab", (memory) => kb(memory.slab_bytes)),
    fromMemory(
      "SReclaimable_KB",
      "KB",
      "Slab that can be given back",
      (memory) => kb(memory.slab_reclaimable_bytes),
    ),
    fromMemory("SUnreclaim_KB", "KB", "Slab that cannot", (memory) => kb(memory.slab_unreclaimable_bytes)),
    fromMemory("Vmalloc_Used_KB", "KB", "VmallocUsed", (memory) => kb(memory.vmalloc_used_bytes)),
    fromMemory("Page_Tables_KB", "KB", "PageTables", (memory) => kb(memory.page_tables_bytes)),
    fromMemory("Kernel_Stack_KB", "KB", "KernelStack", (memory) => kb(memory.kernel_stack_bytes)),
    fromMemory("Percpu_KB", "KB", "Percpu", (memory) => kb(memory.percpu_bytes)),
    fromMemory(
      "Unaccounted_KB",
      "KB",
      "MemTotal minus everything the kernel names; judge its growth, not its size",
      (memory) => kb(memory.unaccounted_bytes),
    ),
  ],
};
