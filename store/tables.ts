/** The one definition of every log table, by kind of session. Writer, reader and docs/logs.md follow it. */

import type { AnyTable } from "./table.ts";
import { alertsTable } from "./tables/alerts.ts";
import { dockerSpaceTable, dockerTable, unitsTable } from "./tables/containers.ts";
import { fragmentationTable, slabTable } from "./tables/kernel_objects.ts";
import { bootMemoryTable, kernelTable, memoryTable, pressureTable, swapTable } from "./tables/machine.ts";
import { processesTable } from "./tables/processes.ts";
import { runtimesTable } from "./tables/runtimes.ts";
import { sharedMemoryTable } from "./tables/shared_memory.ts";

export type SessionKind = "memory-monitor" | "boot-diagnostics";

export const MONITOR_TABLES = {
  memory: memoryTable,
  processes: processesTable,
  docker: dockerTable,
  docker_space: dockerSpaceTable,
  fragmentation: fragmentationTable,
  slab: slabTable,
  swap: swapTable,
  pressure: pressureTable,
  alerts: alertsTable,
  kernel: kernelTable,
  units: unitsTable,
  shared_memory: sharedMemoryTable,
  runtimes: runtimesTable,
} as const;

export const BOOT_TABLES = { ...MONITOR_TABLES, memory: bootMemoryTable } as const;

export const TABLES: Record<SessionKind, Readonly<Record<string, AnyTable>>> = {
  "memory-monitor": MONITOR_TABLES,
  "boot-diagnostics": BOOT_TABLES,
};

const PROFILES =
  "Profiles of leaking processes (--profile-suspects): one JSON object (leakwatch.evidence/1) per line, of at most " +
  "64 KiB. Only if a process leaked.";

/** Logs that are prose or lines of text, not tables. */
export const TEXT_LOGS: Record<SessionKind, Readonly<Record<string, string>>> = {
  "memory-monitor": {
    profiles: PROFILES,
    summary: "A report to read; rewritten every ten minutes, on SIGUSR2 and at the end.",
  },
  "boot-diagnostics": {
    boot: "The machine's state right after boot.",
    system: "Kernel and out-of-memory events since boot, one line each.",
    profiles: PROFILES,
    summary: "A report to read; rewritten every ten minutes, on SIGUSR2 and at the end.",
  },
};
