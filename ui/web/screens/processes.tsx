/** All processes: filtered while one types, sorted without losing the row one looks at. */

import { useMemo, useRef, useState } from "preact/hooks";
import { change, query } from "../address.ts";
import { type ProcessRow, view } from "../api.ts";
import { count } from "../format.ts";
import { keyOf } from "../components/process_cells.tsx";
import { Note, Pending } from "../components/state.tsx";
import { VirtualTable } from "../components/virtual_table.tsx";
import { filterProcesses, GONE, keepOrder } from "../process_order.ts";
import { useResource } from "../use_fetch.ts";
import { sortRows } from "../row_order.ts";
import { processColumns, sortValueOf, type Sparks } from "./processes/columns.tsx";
import { Filter } from "./processes/filter.tsx";
import { Multiples } from "./processes/multiples.tsx";

const RENEW_SECONDS = 4;
const SPARK_SECONDS = 15;
const MAX_MULTIPLES = 60;
const LARGEST_FIRST = "-rss_bytes";

export function ProcessesScreen({ session }: { session: string | null }) {
  const resource = useResource(
    `processes ${session}`,
    () => view(session).processes(),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  const filter = query.value.get("filter") ?? "";
  const asked = query.value.get("sort") ?? LARGEST_FIRST;
  const sort = sortValueOf(asked) ? asked : LARGEST_FIRST;
  const isGrid = query.value.get("show") === "multiples";
  const isHeld = useRef(false);
  const order = useRef({ sort: "", filter: "", rows: [] as ProcessRow[] });
  const [visible, setVisible] = useState<string[]>([]);

  const rows = useMemo(() => {
    const found = filterProcesses(resource.data?.processes ?? [], filter);
    // A new sort is asked for and happens at once; a new value must not move the row under the pointer.
    const isAsked = order.current.sort !== sort || order.current.filter !== filter;
    const sorted = isHeld.current && !isAsked
      ? keepOrder(found, order.current.rows, keyOf)
      : sortRows(found, sortValueOf(sort)!, sort.startsWith("-"));
    order.current = { sort, filter, rows: sorted };
    return sorted;
  }, [resource.data, filter, sort]);

  const wanted = isGrid ? rows.slice(0, MAX_MULTIPLES).map(keyOf) : visible;
  const ids = wanted.toSorted().join(",");
  const sparks = useResource(
    `sparks ${session} ${ids}`,
    async () => ids ? await view(session).sparks(ids) : null,
    { seconds: session === null ? SPARK_SECONDS : null },
  );
  const kept = useRef<Sparks>({});
  if (sparks.data) kept.current = { ...kept.current, ...sparks.data.sparks };
  // Scrolled-past sparks are let go of, or a page left open for days would gather them all.
  if (Object.keys(kept.current).length > 2000) kept.current = { ...sparks.data?.sparks };

  if (!resource.data) return <Pending resource={resource} what="The processes" />;
  return (
    <div class="processes">
      <div class="filter-bar">
        <Filter value={filter} />
        <span class="faint" role="status">
          {filter ? `${count(rows.length)} of ${count(resource.data.total)}` : count(resource.data.total)}
          {" "}
          processes
        </span>
        <div class="segments" role="group" aria-label="Show as">
          <button type="button" aria-pressed={!isGrid} onClick={() => change({ show: null })}>table</button>
          <button type="button" aria-pressed={isGrid} onClick={() => change({ show: "multiples" })}>
            small multiples
          </button>
        </div>
      </div>
      {rows.length === 0
        ? (
          <Note title={filter ? "No process matches" : "No processes can be seen"}>
            {filter
              ? (
                <button type="button" class="plain" onClick={() => change({ filter: null })}>
                  Clear the filter
                </button>
              )
              : "See what cannot be read on the Now screen."}
          </Note>
        )
        : isGrid
        ? (
          <Multiples
            rows={rows.slice(0, MAX_MULTIPLES)}
            sparks={kept.current}
            more={rows.length - MAX_MULTIPLES}
          />
        )
        : (
          <VirtualTable
            label="Processes"
            columns={processColumns(kept.current)}
            rows={rows}
            keyOf={keyOf}
            classOf={(row: ProcessRow) => row.state === GONE ? "gone" : ""}
            sort={sort}
            onSort={(next) => change({ sort: next })}
            onVisible={setVisible}
            onHold={(hold) => isHeld.current = hold}
          />
        )}
    </div>
  );
}
