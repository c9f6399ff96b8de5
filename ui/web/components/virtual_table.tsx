/**
 * A table that draws only the rows one sees: three thousand scroll as smoothly as thirty. It has a scroll bar of its own and rows of
 * one height; arrow keys go from row to row, and a row leads where its link leads.
 */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Cells, type Column, Head } from "./columns.tsx";

export interface VirtualTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  classOf?(row: Row): string;
  /** `-name` sorts downward. */
  sort: string;
  onSort(sort: string): void;
  /** Attribution which rows are drawn, and whether the reader holds the table still. */
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
      onKeyDown={(event) => {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step && moveFocus(event.currentTarget, step)) event.preventDefault();
      }}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <Head columns={columns} sort={sort} onSort={onSort} />
        </thead>
        <tbody>
          <Spacer height={first * rowHeight} />
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
              <Cells columns={columns} row={row} />
            </tr>
          ))}
          <Spacer height={(rows.length - last) * rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

/** Room for the rows that are not drawn. */
function Spacer({ height }: { height: number }) {
  return height > 0 ? <tr class="spacer" aria-hidden="true" style={{ height: `${height}px` }} /> : null;
}

/** To the link of the next row, or of the first one that is seen; false where there is none. */
function moveFocus(box: HTMLElement, step: number): boolean {
  const rows = [...box.querySelectorAll<HTMLElement>("tr[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const edge = box.getBoundingClientRect().top + (box.querySelector("thead")?.clientHeight ?? 0);
  const next = at < 0 ? rows.find((row) => row.getBoundingClientRect().top >= edge - 1) : rows[at + step];
  const link = next?.querySelector("a");
  link?.focus();
  return link !== undefined && link !== null;
}
