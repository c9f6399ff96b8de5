/** The processes that grow most, whatever the verdict: eight at most. */

import { href } from "../address.ts";
import { type ProcessRow, view } from "../api.ts";
import { bytesColumn, type Column, growthColumns, numberColumn } from "./columns.tsx";
import { useResource } from "../use_fetch.ts";
import { keyOf, ProcessLink } from "./process_cells.tsx";
import { Table } from "./table.tsx";

const RENEW_SECONDS = 15;

export function GrowsMost({ rows, session }: { rows: readonly ProcessRow[]; session: string | null }) {
  const ids = rows.map(keyOf).sort().join(",");
  const { data } = useResource(
    `sparks ${session} ${ids}`,
    async () => ids ? await view(session).sparks(ids) : null,
    { seconds: RENEW_SECONDS, group: `sparks ${session}` },
  );
  const columns: Column<ProcessRow>[] = [
    { name: "name", label: "process", cell: (row) => <ProcessLink process={row} /> },
    numberColumn("pid", "pid", (row) => row.pid, String, { className: "wide" }),
    bytesColumn("rss", "rss", (row) => row.rss_bytes),
    ...growthColumns<ProcessRow>((row) => data?.sparks[keyOf(row)]),
    {
      name: "unit",
      label: "unit",
      className: "faint wide",
      cell: (row) => row.unit ?? row.container?.slice(0, 12) ?? "",
    },
  ];
  return (
    <section class="grows-most" aria-labelledby="grows-most">
      <header class="section-head">
        <h2 id="grows-most">Grows most</h2>
        <a href={href("processes", session, { sort: "-growth_bytes_per_hour" })}>all processes</a>
      </header>
      {rows.length === 0
        ? <p class="quiet">No process has grown in the time watched.</p>
        : <Table columns={columns} rows={rows} keyOf={keyOf} />}
    </section>
  );
}
