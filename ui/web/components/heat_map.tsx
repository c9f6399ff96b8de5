/** Fragmentation over time: one row per order, darker where less of the free memory could serve it. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ZoneHistory } from "../api.ts";
import { bytes, percent } from "../format.ts";
import { axisWidth } from "../plot_axes.ts";
import { color, isDark, palette } from "../theme.ts";
import { cursor, shown } from "../time_axis.ts";
import { indexAt, Moment } from "./chart.tsx";

const ROW_PIXELS = 15;
const PAGE_BYTES = 4096;

export function HeatMap({ zone }: { zone: ZoneHistory }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const range = shown.value, colors = palette.value;
  const orders = zone.unusable.find((row) => row !== null)?.length ?? 11;
  const at = indexAt(zone.time_seconds, cursor.value);
  const under = zone.unusable[at];
  const worst = under?.at(9) ?? null;

  useLayoutEffect(() => {
    const element = canvas.current!;
    const draw = () => paint(element, zone, orders, range.from, range.to);
    draw();
    const sized = new ResizeObserver(draw);
    sized.observe(element);
    return () => sized.disconnect();
  }, [zone, range, colors]);

  return (
    <figure class="heat">
      <figcaption>
        <span class="chart-title">
          {zone.zone} <small>node {zone.node}, {bytes(zone.free_bytes)} free</small>
        </span>
        <span class="legend">
          <span class="legend-entry">
            not usable for 2 MiB blocks <b>{percent(worst === null ? null : worst * 100)}</b>
          </span>
        </span>
        <Moment time={zone.time_seconds} />
      </figcaption>
      <div class="heat-body" style={{ "--axis": `${axisWidth()}px` }}>
        <ol aria-hidden="true">
          {Array.from({ length: orders }, (_, i) => orders - 1 - i).map((order) => (
            <li key={order}>{order % 2 ? "" : bytes(PAGE_BYTES * 2 ** order).replace(".0", "")}</li>
          ))}
        </ol>
        <canvas
          ref={canvas}
          style={{ height: `${orders * ROW_PIXELS}px` }}
          role="img"
          aria-label={`Zone ${zone.zone}: share of free memory that cannot serve each block size; for 2 MiB now ${
            percent(worst === null ? null : worst * 100)
          }`}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            cursor.value = range.from + (event.clientX - box.left) / box.width * (range.to - range.from);
          }}
          onPointerLeave={() => cursor.value = null}
        />
      </div>
    </figure>
  );
}

/** One hue from paper to ink: order is seen without a key, in grey as well. */
function paint(
  element: HTMLCanvasElement,
  zone: ZoneHistory,
  orders: number,
  from: number,
  to: number,
): void {
  const pixel = devicePixelRatio;
  const width = element.width = Math.round(element.clientWidth * pixel);
  const height = element.height = Math.round(orders * ROW_PIXELS * pixel);
  const ctx = element.getContext("2d")!;
  ctx.fillStyle = color("sunken");
  ctx.fillRect(0, 0, width, height);
  const x = (time: number) => (time - from) / (to - from) * width;
  ctx.fillStyle = color("programs");
  zone.unusable.forEach((row, i) => {
    if (!row) return;
    const time = zone.time_seconds[i]!;
    const step = (zone.time_seconds[i + 1] ?? time) - time;
    // A column is as wide as the time it stands for; after a hole it is no wider than the one before it.
    const before = i > 0 ? time - zone.time_seconds[i - 1]! : step;
    const length = i + 1 < zone.time_seconds.length ? Math.min(step, before * 12) : before;
    const left = Math.round(x(time)), right = Math.round(x(time + length));
    row.forEach((value, order) => {
      // The eye tells dark shades apart less well than light ones.
      ctx.globalAlpha = value ** (isDark() ? 0.7 : 1.2);
      const top = Math.round((orders - 1 - order) * ROW_PIXELS * pixel);
      ctx.fillRect(left, top, Math.max(1, right - left), Math.round(ROW_PIXELS * pixel) - pixel);
    });
  });
  ctx.globalAlpha = 1;
}
