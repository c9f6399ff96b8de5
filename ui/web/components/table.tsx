/**
 * A table that shows its first rows, and all of them on request. For what there are dozens of and seldom hundreds (containers, caches,
 * sessions, alerts): the server sends 500 at most, which a browser lays out in a moment, so they flow with the page.
 * What comes in thousands and is renewed every few seconds, the processes, is in `virtual_table.tsx`.
 */

import { useState } from "preact/hooks";
import { change, query } from "../address.ts";
import { count } from "../format.ts";
import { sortRows } from "../row_order.ts";
import { Cells, type Column, Head } from "./columns.tsx";

export interface TableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** Parameter of the address that holds what it is sorted by; without one the rows stay as they came. */
  sortedBy?: string;
  /** Rows shown unasked. */
  most?: number;
}

export function Table<Row>({ columns, rows, keyOf, sortedBy, most = 20 }: TableProps<Row>) {
  const [showsAll, setShowsAll] = useState(false);
  const sort = sortedBy ? query.value.get(sortedBy) : null;
  const by = columns.find(({ name }) => name === sort?.replace(/^-/, ""))?.sortBy;
  const sorted = by ? sortRows(rows, by, sort!.startsWith("-")) : rows;
  return (
    <>
      <div class="scroll-x">
        <table>
          <thead>
            <Head
              columns={columns}
              sort={sort}
              onSort={sortedBy ? (next) => change({ [sortedBy]: next }) : undefined}
            />
          </thead>
          <tbody>
            {sorted.slice(0, showsAll ? rows.length : most).map((row) => (
              <tr key={keyOf(row)}>
                <Cells columns={columns} row={row} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <button type="button" class="plain more" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? `show the first ${most}` : `show all ${count(rows.length)}`}
        </button>
      )}
    </>
  );
}
