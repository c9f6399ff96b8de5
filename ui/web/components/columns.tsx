/** Columns of tables: what a header says and sorts by, and what stands in the cells. */

import type { ComponentChildren } from "preact";
import type { Spark as SparkData, Verdict as VerdictName } from "../api.ts";
import { bytes, bytesPerHour, count } from "../format.ts";
import type { SortValue } from "../row_order.ts";
import { Spark } from "./spark.tsx";
import { toneOf, Verdict } from "./verdict.tsx";

export interface Column<Row> {
  name: string;
  label: string;
  /** What the header says on hover. */
  hint?: string;
  /** `number` stands to the right, `wide` is left out on a phone. */
  className?: string;
  /** What rows are sorted by; a column without it does not sort. */
  sortBy?(row: Row): SortValue;
  /** Names the row to those who hear the table. */
  isHeading?: boolean;
  cell(row: Row): ComponentChildren;
}

/** A number with its text; sorts by the number. */
export function numberColumn<Row>(
  name: string,
  label: string,
  valueOf: (row: Row) => number | null,
  text: (value: number | null) => string = count,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return {
    name,
    label,
    sortBy: valueOf,
    cell: (row) => text(valueOf(row)),
    ...more,
    className: `number ${more.className ?? ""}`.trim(),
  };
}

export const bytesColumn = <Row,>(
  name: string,
  label: string,
  valueOf: (row: Row) => number | null,
  more: Partial<Column<Row>> = {},
): Column<Row> => numberColumn(name, label, valueOf, bytes, more);

interface Grows {
  growth_bytes_per_hour: number | null;
  verdict: VerdictName | null;
}

/** Pace, verdict and trend of whatever can grow. */
export function growthColumns<Row extends Grows>(
  sparkOf: (row: Row) => SparkData | null | undefined,
): Column<Row>[] {
  return [
    numberColumn("growth", "growth", (row) => row.growth_bytes_per_hour, bytesPerHour, {
      hint: "growth per hour; a verdict's own where there is one",
    }),
    { name: "verdict", label: "verdict", cell: (row) => <Verdict verdict={row.verdict} /> },
    {
      name: "trend",
      label: "trend",
      hint: "since it was first seen, on a scale of its own",
      className: "wide",
      cell: (row) => <Spark spark={sparkOf(row)} tone={toneOf(row.verdict)} />,
    },
  ];
}

export interface HeadProps<Row> {
  columns: readonly Column<Row>[];
  /** `-name` sorts downward; null: as the rows came. */
  sort: string | null;
  onSort?(sort: string): void;
}

/** The header row. A click sorts downward first: what is large or grows is what one looks for. */
export function Head<Row>({ columns, sort, onSort }: HeadProps<Row>) {
  return (
    <tr aria-rowindex={1}>
      {columns.map(({ name, label, hint, className, sortBy }) => {
        const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
        return (
          <th key={name} scope="col" class={className} aria-sort={direction} title={hint}>
            {sortBy && onSort
              ? (
                <button type="button" onClick={() => onSort(direction === "descending" ? name : `-${name}`)}>
                  {label}
                  <span aria-hidden="true">{direction === "descending" ? " ↓" : direction ? " ↑" : ""}</span>
                </button>
              )
              : label}
          </th>
        );
      })}
    </tr>
  );
}

/** The cells of one row. */
export function Cells<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  return (
    <>
      {columns.map(({ name, className, isHeading, cell }) =>
        isHeading
          ? <th key={name} scope="row" class={`plain ${className ?? ""}`}>{cell(row)}</th>
          : <td key={name} class={className}>{cell(row)}</td>
      )}
    </>
  );
}
