/** The process log's table. Which processes get a row is decided in process_selection.ts. */

import type { ProcessSample } from "../../model/sample.ts";
import { columnsOf, rfc3339, type Table, timestampColumn } from "../table.ts";

export interface ProcessItem {
  process: ProcessSample;
  /** Characters of the command line to write; 0 for none at all. */
  command_length: number;
}

/** A row with this much of the command line is a whole one: it has the cgroup's path, too. */
export const COMMAND_FULL = 4096;
export const COMMAND_SHORT = 40;

/** State of the last row of a process: it has ended. The kernel's own letter for a dead process, which nobody ever sees. */
export const STATE_ENDED = "X";

const { size, count, seconds, text } = columnsOf(({ process }: ProcessItem) => process);

export const processesTable: Table<ProcessItem> = {
  name: "processes",
  doc: "Processes, by resident set.",
  rows:
    "per sample: the largest by memory (`--top`), every suspect, leakwatch itself, and others when they changed; see below",
  columns: [
    timestampColumn(),
    count("PID", "Process id; with Start_Time it identifies a process", "pid"),
    count("PPID", "Its parent", "ppid"),
    text("User", "Effective user, or the number where it has no name", "user"),
    text("Name", "comm, chosen by the process itself", "name"),
    text(
      "State",
      "R running, S sleeping, D waiting for a disk, Z zombie, T stopped, I idle; X: it has ended, and this is its last row",
      "state",
    ),
    size("RSS_KB", "Resident set: anonymous, file and shared pages", "rss_bytes"),
    size("Anon_KB", "Resident pages that are not shared or file pages: where leaks show", "anon_bytes"),
    size("Swap_KB", "VmSwap; empty until first read", "swap_bytes"),
    size("VSZ_KB", "Address space; misleading, since it includes reservations", "vsz_bytes"),
    size("PSS_KB", "Proportional set; only for suspects and the very largest", "pss_bytes"),
    count("Threads", "Threads", "threads"),
    count("Open_FDs", "Open descriptors; empty where they are hidden", "open_descriptors"),
    {
      name: "Start_Time",
      unit: "time",
      doc: "When the process started: RFC 3339, UTC",
      value: ({ process }) => rfc3339(process.started_at_seconds),
      restore: ({ process }, cell) => process.started_at_seconds = Date.parse(cell) / 1000,
    },
    {
      name: "Command",
      unit: "text",
      doc:
        "Command line: up to 4,096 characters once an hour, up to 40 in the others; the name alone with --hide-arguments",
      value: ({ process, command_length }) => shortened(process, command_length),
      // Most rows hold the beginning only; the longest one seen is the best there is.
      restore({ process }, cell) {
        if (cell.length > (process.command?.length ?? 0)) process.command = cell;
      },
    },
    count("Start_Ticks", "The same in clock ticks since boot (/proc/PID/stat, field 22)", "start_ticks"),
    count("Exec_Count", "How often it has called exec since it was first seen", "exec_count"),
    text("Unit", "systemd unit it runs in", "unit"),
    text("Container_ID", "Container it runs in", "container"),
    size("Shmem_KB", "Resident shared memory (RssShmem)", "shmem_bytes"),
    count("Descriptor_Limit", "Soft limit of open descriptors", "descriptor_limit"),
    count("Mappings", "Memory mappings; only for suspects and the largest", "mappings"),
    seconds("CPU_Seconds", "User and system time since its start", "cpu_seconds"),
    size("Read_KB", "Read from disks since its start; empty where it is hidden", "read_bytes"),
    size("Written_KB", "Written to disks since its start", "written_bytes"),
    count("Minor_Faults", "Page faults without I/O since its start", "minor_faults"),
    {
      name: "Cgroup",
      unit: "text",
      doc: "Path in the cgroup tree; in the rows that hold the whole command line",
      value: ({ process, command_length }) => command_length === COMMAND_FULL ? process.cgroup : null,
      restore({ process }, cell) {
        if (cell !== "") process.cgroup = cell;
      },
    },
  ],
};

function shortened({ command, name }: ProcessSample, length: number): string | null {
  if (length === 0) return command === null ? null : name;
  return command === null || command.length <= length ? command : command.slice(0, length - 1) + "…";
}
