/** The reference of all logs, docs/logs.md, from the tables' own definition. */

import type { AnyTable, ColumnUnit } from "./table.ts";
import { FLUSH_SECONDS } from "./session_writer.ts";
import { BOOT_TABLES, MONITOR_TABLES, TEXT_LOGS } from "./tables.ts";

const UNITS: Partial<Record<ColumnUnit, string>> = { "KB": "KB (1,024 bytes)", "KB/s": "KB per second" };

/** Markdown, ending in a newline. */
export function describeLogs(): string {
  return [
    INTRODUCTION,
    "## `memory_monitor_TIMESTAMP_*.log`",
    ...Object.values(MONITOR_TABLES).map(describeTable),
    ...textLogs(TEXT_LOGS["memory-monitor"]),
    "## `boot-TIMESTAMP_*.log`",
    "The same tables as above, except that `memory` has more columns:",
    describeTable(BOOT_TABLES.memory),
    ...textLogs(TEXT_LOGS["boot-diagnostics"]),
    PROCESS_LOG,
    WRITING,
  ].join("\n\n") + "\n";
}

function describeTable(table: AnyTable): string {
  const rows = table.columns.map(({ name, unit, doc }) =>
    `| \`${name}\` | ${UNITS[unit] ?? unit} | ${doc} |`
  );
  return [
    `### ${table.name}`,
    "",
    `${table.doc} Rows: ${table.rows}.`,
    "",
    "| column | unit | meaning |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

const textLogs = (logs: Readonly<Record<string, string>>): string[] =>
  Object.entries(logs).map(([name, doc]) => `### ${name}\n\n${doc}`);

const INTRODUCTION = `# What leakwatch writes

\`monitor\` writes to \`/var/log/memory-monitor\`, \`boot\` to \`/var/log/boot-diagnostics\`; if these are not
writable, to \`$XDG_STATE_HOME/leakwatch/memory-monitor\` and \`…/boot-diagnostics\`. \`--output-dir\` names another.

A session's files share a name: \`memory_monitor_TIMESTAMP_\` or \`boot-TIMESTAMP_\`, where TIMESTAMP is
\`YYYYMMDD_HHMMSS\`, local time of its start (a second later if another session already has that name).

Each table is one CSV file (RFC 4180, lines end in LF) with one header, one row per line. pandas needs no options:

    pandas.read_csv("/var/log/memory-monitor/memory_monitor_20261120_125314_memory.log", parse_dates=["Timestamp"])

- An empty field could not be read; 0 is a measured zero.
- Timestamps are RFC 3339, UTC, with milliseconds: fixed width, so that they sort as text. Rows of one sample share theirs.
- Sizes are KB of 1,024 bytes, as in \`/proc/meminfo\` and \`ps\`.
- Names of processes, containers and files are untrusted. Control characters are escaped (\`\\x1b\`, \`\\n\`), so that
  a log is safe to \`cat\`; text that a spreadsheet would run as a formula gets a leading apostrophe, which leakwatch
  removes when it reads its own logs.`;

const PROCESS_LOG = `## What the process log leaves out

At the first sample every process gets a row. After that, at each sample:

- the \`--top\` processes by resident set (40), every suspect, and leakwatch itself: always;
- any other process that also existed at the previous sample, if since its last row its resident set or its memory
  (anonymous and swapped) changed by 64 KiB and 1 %, its descriptors, threads or mappings by 4 and 1 %, or its
  name, unit or container at all; new processes count from zero. At most twice \`--top\` of these per sample, the
  largest changes first;
- every process once an hour;
- a process that has ended: its last values again, with the state \`X\`.

So a process without a row has not changed, and one that ended before the second sample has none. The command line is
truncated to 40 characters (the last is then \`…\`); once an hour, and soon after a process was first seen, a row has up
to 4,096 and the cgroup's path. 24 hours at 5 s with 400 active processes take less than 150 MiB for all logs together,
rotated and compressed.`;

const WRITING = `## How it is written

- **Whole lines, appended.** Rows reach the kernel at most ${FLUSH_SECONDS} s after their sample (at intervals of ${FLUSH_SECONDS} s and
  more, with their sample); alerts at once. What has reached the kernel survives \`kill -9\`. Each
  such write is followed by fdatasync, without waiting, as is the last one: a power cut loses no more than that either.
- **Rotation.** A file that would grow beyond \`--rotate-size\` is renamed to \`NAME.1\`, the next to \`NAME.2\`, and so on (1 is the
  oldest; names never change again), then compressed to \`NAME.1.gz\`. Every segment has the header.
- **Retention.** At the start and every ten minutes whole files are removed, oldest first, beyond a total of
  \`--retain-size\` or older than \`--retain-age\`. Files that a running session still writes stay; its rotated segments may
  be removed.
- **Errors.** Disk full, no inodes, I/O error, read-only file system, directory removed: writing of that file stops, which is
  reported once and raises an alert; sampling and alerting continue, and each flush retries. Meanwhile up to 256 KiB of
  lines per file are buffered; the oldest are dropped first. No partial line is left behind. A removed directory is created
  again (not its parents).
- **Permissions.** Directories 0750, files 0640, less the umask. Symbolic links in place of logs are never followed; a FIFO, another
  user's file or one with a second link is refused.
- **Two sessions** never share a file: creating \`session.json\` exclusively reserves the name. It names the writing
  process; if that process is gone, the next session closes it (\`"killed"\`).
- **\`session.json\`**: \`schema\`, \`id\`, \`kind\`, \`hostname\`, \`kernel_release\`, \`boot_id\`, \`versions\`, \`interval_seconds\`,
  \`duration_seconds\`, \`started_at\`, \`ended_at\`, \`end_reason\` (duration, stopped, error, killed), \`samples\`, \`cost\` (leakwatch's own
  CPU seconds and resident bytes), \`findings\` (what grew when it ended, most severe first, at most 40), \`owner\`.
- **Reading back.** leakwatch tolerates a torn last line, missing segments and damaged compressed ones.`;
