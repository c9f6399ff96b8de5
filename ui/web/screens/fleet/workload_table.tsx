/** Workloads that are not accused, a line each; the small chart is of the newest lifetime and leads to it. */

import type { FleetRow } from "../../api.ts";
import { rate } from "../../format.ts";
import { type Column, numberColumn } from "../../components/columns.tsx";
import { Table } from "../../components/table.tsx";
import { extentOf, LifetimeSpark } from "./lifetime_spark.tsx";
import { lifetimeHref, rolloutsOf } from "./replica_charts.tsx";
import { WorkloadVerdict } from "./verdict.tsx";

export const WorkloadTable = ({ rows }: { rows: FleetRow[] }) => (
  <Table
    columns={COLUMNS}
    rows={rows}
    keyOf={(row) => row.id}
    sortedBy="sort"
    most={25}
  />
);

const COLUMNS: Column<FleetRow>[] = [
  {
    name: "workload",
    label: "workload",
    isHeading: true,
    sortBy: (row) => row.name,
    cell: (row) => {
      const lifetime = row.shown_lifetimes.at(-1);
      return lifetime ? <a class="process-link" href={lifetimeHref(row, lifetime)}>{row.name}</a> : row.name;
    },
  },
  {
    name: "what",
    label: "what",
    className: "faint wide",
    sortBy: (row) => row.what,
    cell: (row) => row.what,
  },
  {
    name: "verdict",
    label: "verdict",
    sortBy: (row) => row.verdict,
    cell: (row) => <WorkloadVerdict row={row} />,
  },
  {
    name: "growth",
    label: "growth",
    className: "number",
    sortBy: (row) => row.rate_per_hour?.mid ?? null,
    cell: (row) => row.rate_per_hour ? rate(row.rate_per_hour.mid, row.unit) : "–",
  },
  numberColumn("replicas", "replicas", (row) => row.replicas, undefined, { className: "wide" }),
  {
    name: "trend",
    label: "newest lifetime",
    className: "wide",
    cell: (row) => {
      const lifetime = row.shown_lifetimes.at(-1), extent = lifetime && extentOf([lifetime]);
      return extent && (
        <LifetimeSpark
          lifetime={lifetime}
          extent={extent}
          rollouts={rolloutsOf(row).map(({ time }) => time)}
        />
      );
    },
  },
];
