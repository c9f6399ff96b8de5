/** All processes: filtered while one types, sorted without losing the row one looks at. */

import { useMemo, useRef, useState } from "preact/hooks";
import { change, query } from "../address.ts";
import { type ProcessRow, view } from "../api.ts";
import { bytes, bytesPerHour, count } from "../format.ts";
import { keyOf, processHref, ProcessLink, shownName } from "../parts/process_cells.tsx";
import { Spark } from "../parts/spark.tsx";
import { Note, Pending } from "../parts/state.tsx";
import { toneOf, Verdict } from "../parts/verdict.tsx";
import { type Column, VirtualTable } from "../parts/virtual_table.tsx";
import { filterProcesses, GONE, keepOrder, sortProcesses } from "../process_order.ts";
import { useResource } from "../resource.ts";

const RENEW_SECONDS = 4;
const SPARK_SECONDS = 15;
const MOST_MULTIPLES = 60;
const SORTABLE = [
  "name",
  "pid",
  "user",
  "rss_bytes",
  "private_bytes",
  "growth_bytes_per_hour",
  "swap_bytes",
  "vsz_bytes",
  "open_descriptors",
  "threads",
];

export function ProcessesScreen({ session }: { session: string | null }) {
  const resource = useResource(
    `processes ${session}`,
    () => view(session).processes(),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  const filter = query.value.get("filter") ?? "";
  const asked = query.value.get("sort") ?? "-rss_bytes";
  const sort = SORTABLE.includes(asked.replace(/^-/, "")) ? asked : "-rss_bytes";
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
      : sortProcesses(found, sort);
    order.current = { sort, filter, rows: sorted };
    return sorted;
  }, [resource.data, filter, sort]);

  const wanted = isGrid ? rows.slice(0, MOST_MULTIPLES).map(keyOf) : visible;
  const ids = wanted.toSorted().join(",");
  const sparks = useResource(
    `sparks ${session} ${ids}`,
    async () => ids ? await view(session).sparks(ids) : null,
    { seconds: session === null ? SPARK_SECONDS : null },
  );
  const kept = useRef<Record<string, NonNullable<typeof sparks.data>["sparks"][string]>>({});
  if (sparks.data) kept.current = { ...kept.current, ...sparks.data.sparks };
  // Scrolled-past sparks are let go of, or a page left open for days would gather them all.
  if (Object.keys(kept.current).length > 2000) kept.current = { ...sparks.data?.sparks };

  if (!resource.data) return <Pending resource={resource} what="The processes" />;
  return (
    <div class="processes">
      <div class="filter-bar">
        <label class="filter">
          <span class="unseen">Filter processes</span>
          <input
            type="search"
            placeholder="filter by name, pid, user, unit, command"
            value={filter}
            onInput={(event) => change({ filter: event.currentTarget.value })}
          />
        </label>
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
            rows={rows.slice(0, MOST_MULTIPLES)}
            sparks={kept.current}
            more={rows.length - MOST_MULTIPLES}
          />
        )
        : (
          <VirtualTable
            label="Processes"
            columns={columns(kept.current)}
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

type Sparks = Record<string, NonNullable<Parameters<typeof Spark>[0]["spark"]>>;

function columns(sparks: Sparks): Column<ProcessRow>[] {
  const numeric = (
    name: keyof ProcessRow,
    label: string,
    hint: string,
    text: (row: ProcessRow) => string,
    extra = "",
  ) => ({
    name,
    label,
    hint,
    className: `number ${extra}`,
    cell: text,
  });
  return [
    { name: "name", label: "name", className: "name", cell: (row) => <ProcessLink process={row} /> },
    {
      name: "verdict",
      label: "verdict",
      isSortable: false,
      cell: (row) =>
        row.state === GONE ? <span class="verdict">ended</span> : <Verdict verdict={row.verdict} />,
    },
    numeric("pid", "pid", "process id", (row) => String(row.pid), "wide"),
    { name: "user", label: "user", className: "wide", cell: (row) => row.user },
    numeric("rss_bytes", "rss", "resident memory", (row) => bytes(row.rss_bytes)),
    numeric(
      "private_bytes",
      "own",
      "anonymous, shared and swapped memory: where a leak shows",
      (row) => bytes(row.private_bytes),
      "wide",
    ),
    numeric(
      "growth_bytes_per_hour",
      "growth",
      "growth of own memory per hour",
      (row) => bytesPerHour(row.growth_bytes_per_hour),
    ),
    {
      name: "trend",
      label: "trend",
      isSortable: false,
      cell: (row) => <Spark spark={sparks[keyOf(row)]} tone={toneOf(row.verdict)} />,
    },
    numeric(
      "swap_bytes",
      "swap",
      "swapped out",
      (row) => row.swap_bytes ? bytes(row.swap_bytes) : row.swap_bytes === 0 ? "" : "–",
      "wide",
    ),
    numeric("open_descriptors", "fds", "open descriptors", (row) => count(row.open_descriptors), "wide"),
    numeric("threads", "threads", "threads", (row) => count(row.threads), "wide"),
    {
      name: "command",
      label: "command",
      isSortable: false,
      className: "rest wide",
      cell: (row) => row.command ?? (row.state === "Z" ? "(zombie)" : row.unit ?? ""),
    },
  ];
}

function Multiples({ rows, sparks, more }: { rows: ProcessRow[]; sparks: Sparks; more: number }) {
  return (
    <>
      <ul class="multiples">
        {rows.map((row) => (
          <li key={keyOf(row)}>
            <a href={processHref(row)}>
              <b>{shownName(row.name)}</b> <small>{row.pid}</small>
              <Spark spark={sparks[keyOf(row)]} width={200} height={56} tone={toneOf(row.verdict)} filled />
              <span>
                {bytes(row.private_bytes)} <em>{bytesPerHour(row.growth_bytes_per_hour)}</em>
                <Verdict verdict={row.verdict} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="quiet">{count(more)} more are in the table; sort it to choose which are drawn here.</p>
      )}
    </>
  );
}
