/** A table that draws only the rows one sees: three thousand scroll as smoothly as thirty. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface Column<Row> {
  name: string;
  label: string;
  /** What the header says on hover. */
  hint?: string;
  className?: string;
  isSortable?: boolean;
  cell(row: Row): ComponentChildren;
}

export interface VirtualTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  classOf?(row: Row): string;
  /** `-name` sorts downward. */
  sort: string;
  onSort(sort: string): void;
  /** Told which rows are drawn, and whether the reader holds the table still. */
  onVisible?(keys: string[]): void;
  onHold?(isHeld: boolean): void;
}

/** Rows beyond the edge, so that a fast scroll finds them drawn. */
const SPARE = 8;
const FALLBACK_HEIGHT = 32;

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, columns, rows, keyOf, classOf, sort, onSort, onVisible, onHold } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [rowHeight, setRowHeight] = useState(FALLBACK_HEIGHT);

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => {
      setHeight(element.clientHeight);
      const row = element.querySelector("tbody tr[data-row]");
      if (row) setRowHeight(row.getBoundingClientRect().height || FALLBACK_HEIGHT);
    };
    measure();
    const sized = new ResizeObserver(measure);
    sized.observe(element);
    return () => sized.disconnect();
  }, [rows.length > 0]);

  const first = Math.max(0, Math.min(rows.length - 1, Math.floor(top / rowHeight)) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + SPARE);
  const drawn = rows.slice(first, last);
  const visible = drawn.map(keyOf).join();
  useEffect(() => onVisible?.(visible ? visible.split(",") : []), [visible]);

  return (
    <div
      class="virtual"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onPointerEnter={() => onHold?.(true)}
      onPointerLeave={() => onHold?.(false)}
      onFocusIn={() => onHold?.(true)}
      onFocusOut={() => onHold?.(false)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Header
                key={column.name}
                column={column}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr class="spacer" aria-hidden="true" style={{ height: `${first * rowHeight}px` }} />}
          {drawn.map((row, i) => (
            <tr
              key={keyOf(row)}
              data-row={keyOf(row)}
              class={classOf?.(row)}
              aria-rowindex={first + i + 2}
              onClick={(event) => {
                // The whole row leads where its link leads; text one is selecting does not.
                if (!(event.target as Element).closest("a") && getSelection()?.isCollapsed) {
                  event.currentTarget.querySelector("a")?.click();
                }
              }}
            >
              {columns.map((column) => <td key={column.name} class={column.className}>{column.cell(row)}
              </td>)}
            </tr>
          ))}
          {last < rows.length && (
            <tr
              class="spacer"
              aria-hidden="true"
              style={{ height: `${(rows.length - last) * rowHeight}px` }}
            />
          )}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps<Row> {
  column: Column<Row>;
  sort: string;
  onSort(sort: string): void;
}

function Header<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const { name, label, hint, className, isSortable = true } = column;
  const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
  return (
    <th scope="col" class={className} aria-sort={direction} title={hint}>
      {isSortable
        ? (
          <button type="button" onClick={() => onSort(direction === "descending" ? name : `-${name}`)}>
            {label}
            <span aria-hidden="true">{direction === "descending" ? " ↓" : direction ? " ↑" : ""}</span>
          </button>
        )
        : label}
    </th>
  );
}
