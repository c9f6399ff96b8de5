/** What a process has mapped, and what of it has grown since one looks. */

import type { MappingGroup, ProcessReply } from "../../api.ts";
import { bytes, count } from "../../format.ts";
import { bytesColumn, type Column, numberColumn } from "../../components/columns.tsx";
import { Table } from "../../components/table.tsx";

/** Less is what allocators breathe. */
const GROWN_BYTES = 1e6;

const change = (value: number | null): string =>
  value === null ? "–" : value === 0 ? "0" : `${value > 0 ? "+" : ""}${bytes(value)}`;

const COLUMNS: Column<MappingGroup>[] = [
  { name: "name", label: "what", className: "long", sortBy: (row) => row.name, cell: (row) => row.name },
  numberColumn("count", "count", (row) => row.count),
  bytesColumn("rss", "resident", (row) => row.rss_bytes),
  numberColumn("change", "since first read", (row) => row.change_bytes, change, {
    cell: ({ change_bytes: grown }) => (grown ?? 0) > GROWN_BYTES ? <b>{change(grown)}</b> : change(grown),
  }),
];

export function Mappings({ reply: { mapping_groups: groups, mappings } }: { reply: ProcessReply }) {
  return (
    <section aria-labelledby="mappings">
      <h2 id="mappings">Mappings {mappings !== null && <small>{count(mappings)}</small>}</h2>
      {!groups || groups.length === 0
        ? (
          <p class="quiet">
            They cannot be read: it belongs to another user, or it was recorded without them.
          </p>
        )
        : <Table columns={COLUMNS} rows={groups} keyOf={(row) => row.name} sortedBy="mappings" most={15} />}
    </section>
  );
}
