/** The process log's table. Which processes get a row is decided in process_selection.ts. */

import type { ProcessSample } from "../../model/sample.ts";
import { type Column, kb, rfc3339, type Table, timestampColumn } from "../table.ts";

export interface ProcessItem {
  process: ProcessSample;
  /** Characters of the command line to write; 0 for none at all. */
  command_length: number;
}

const size = (
  name: string,
  doc: string,
  value: (process: ProcessSample) => number | null,
): Column<ProcessItem> => ({
  name,
  unit: "KB",
  doc,
  value: ({ process }) => kb(value(process)),
});

const count = (
  name: string,
  doc: string,
  value: (process: ProcessSample) => number | null,
): Column<ProcessItem> => ({
  name,
  unit: "count",
  doc,
  value: ({ process }) => value(process),
});

const text = (
  name: string,
  doc: string,
  value: (process: ProcessSample) => string | null,
): Column<ProcessItem> => ({
  name,
  unit: "text",
  doc,
  value: ({ process }) => value(process),
});

export const processesTable: Table<ProcessItem> = {
  name: "processes",
  doc: "Processes, by resident set.",
  rows:
    "per sample: the largest by memory (`--top`), every suspect, leakwatch itself, and others when they changed noticeably; see below",
  columns: [
    timestampColumn(),
    count("PID", "Process id; with Start_Time it tells processes apart", (process) => process.pid),
    count("PPID", "Its parent", (process) => process.ppid),
    text("User", "Effective user, or the number where it has no name", (process) => process.user),
    text("Name", "comm, chosen by the process itself", (process) => process.name),
    text(
      "State",
      "R running, S sleeping, D waiting for a disk, Z zombie, T stopped, I idle",
      (process) => process.state,
    ),
    size("RSS_KB", "Resident set: anonymous, file and shared pages", (process) => process.rss_bytes),
    size(
      "Anon_KB",
      "Resident pages that are not shared or file pages: where leaks show",
      (process) => process.anon_bytes,
    ),
    size("Swap_KB", "VmSwap; empty until it is read the first time", (process) => process.swap_bytes),
    size("VSZ_KB", "Address space; reservations make it mislead", (process) => process.vsz_bytes),
    size(
      "PSS_KB",
      "Proportional set; read for suspects and the very largest only",
      (process) => process.pss_bytes,
    ),
    count("Threads", "Threads", (process) => process.threads),
    count("Open_FDs", "Open descriptors; empty where they are hidden", (process) => process.open_descriptors),
    {
      name: "Start_Time",
      unit: "time",
      doc: "When the process started: RFC 3339, UTC",
      value: ({ process }) => rfc3339(process.started_at_seconds),
    },
    {
      name: "Command",
      unit: "text",
      doc:
        "Command line: up to 4,096 characters once an hour, up to 40 in the others; the name alone with --hide-arguments",
      value: ({ process, command_length }) => shortened(process, command_length),
    },
  ],
};

function shortened({ command, name }: ProcessSample, length: number): string | null {
  if (length === 0) return command === null ? null : name;
  return command === null || command.length <= length ? command : command.slice(0, length - 1) + "…";
}
