/** The columns of the process table. */

import type { ProcessRow, Spark as SparkData } from "../../api.ts";
import { bytes, bytesPerHour, count } from "../../format.ts";
import { bytesColumn, type Column, numberColumn } from "../../components/columns.tsx";
import { keyOf, ProcessLink } from "../../components/process_cells.tsx";
import { Spark } from "../../components/spark.tsx";
import { OTHER_THAN_MEMORY, toneOf, Verdict } from "../../components/verdict.tsx";
import { GONE } from "../../process_order.ts";

/** By the key of their process. */
export type Sparks = Record<string, SparkData>;

/** The trend is of memory: its colour is that of a verdict on memory only. */
export const trendTone = ({ verdict, verdict_kind: kind }: ProcessRow) =>
  toneOf(kind !== null && OTHER_THAN_MEMORY[kind] ? null : verdict);

function VerdictCell({ row }: { row: ProcessRow }) {
  if (row.state === GONE) return <span class="verdict">ended</span>;
  const what = row.verdict_kind !== null && OTHER_THAN_MEMORY[row.verdict_kind];
  return (
    <>
      <Verdict verdict={row.verdict} /> {what && <small class="wide">{what}</small>}
    </>
  );
}

export function processColumns(sparks: Sparks): Column<ProcessRow>[] {
  return [
    {
      name: "name",
      label: "name",
      className: "name",
      sortBy: (row) => row.name,
      cell: (row) => <ProcessLink process={row} />,
    },
    { name: "verdict", label: "verdict", cell: (row) => <VerdictCell row={row} /> },
    numberColumn("pid", "pid", (row) => row.pid, String, { hint: "process id", className: "wide" }),
    { name: "user", label: "user", className: "wide", sortBy: (row) => row.user, cell: (row) => row.user },
    bytesColumn("rss_bytes", "rss", (row) => row.rss_bytes, { hint: "resident memory" }),
    bytesColumn("leakable_bytes", "own", (row) => row.leakable_bytes, {
      hint: "anonymous and swapped memory: where a leak shows",
      className: "wide",
    }),
    numberColumn("growth_bytes_per_hour", "growth", (row) => row.growth_bytes_per_hour, bytesPerHour, {
      hint: "growth of own memory per hour",
    }),
    {
      name: "trend",
      label: "trend",
      hint: "own memory since it was first seen, on a scale of its own",
      className: "wide",
      cell: (row) => <Spark spark={sparks[keyOf(row)]} tone={trendTone(row)} />,
    },
    bytesColumn("swap_bytes", "swap", (row) => row.swap_bytes, {
      hint: "swapped out",
      className: "wide",
      cell: ({ swap_bytes: swap }) => swap === 0 ? "" : bytes(swap),
    }),
    numberColumn("open_descriptors", "fds", (row) => row.open_descriptors, count, {
      hint: "open descriptors",
      className: "wide",
    }),
    numberColumn("threads", "threads", (row) => row.threads, count, { className: "wide" }),
    {
      name: "command",
      label: "command",
      className: "rest wide",
      cell: (row) => row.command ?? (row.state === "Z" ? "(zombie)" : row.unit ?? ""),
    },
  ];
}

/** What a column of the table sorts by; undefined: it does not sort, or there is none of this name. */
export const sortValueOf = (sort: string) =>
  processColumns({}).find(({ name }) => name === sort.replace(/^-/, ""))?.sortBy;
