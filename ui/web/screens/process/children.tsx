/** The processes that a process has started. */

import type { ProcessRow } from "../../api.ts";
import { bytesPerHour, count } from "../../format.ts";
import { bytesColumn, type Column, numberColumn } from "../../components/columns.tsx";
import { keyOf, ProcessLink } from "../../components/process_cells.tsx";
import { Table } from "../../components/table.tsx";

const COLUMNS: Column<ProcessRow>[] = [
  {
    name: "name",
    label: "name",
    sortBy: (row) => row.name,
    cell: (row) => <ProcessLink process={row} />,
  },
  numberColumn("pid", "pid", (row) => row.pid, String),
  bytesColumn("rss", "rss", (row) => row.rss_bytes),
  numberColumn("growth", "growth", (row) => row.growth_bytes_per_hour, bytesPerHour),
];

export function Children({ rows }: { rows: readonly ProcessRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="children">
      <h2 id="children">
        Children <small>{count(rows.length)}</small>
      </h2>
      <Table columns={COLUMNS} rows={rows} keyOf={keyOf} sortedBy="children" most={15} />
    </section>
  );
}
