/** A chart with its title, and the values under the shared cursor in a legend that stays where it is. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { elapsed, timeToSecond, zone } from "../format.ts";
import { Plot } from "../plot.ts";
import type { PlotData } from "../plot_data.ts";
import { palette } from "../theme.ts";
import { cursor, origin, shown, steer } from "../time_axis.ts";
import { Swatch } from "./swatch.tsx";

export interface LegendEntry {
  label: string;
  color: string;
  /** Text of the value at an index of the time column. */
  value(index: number): string;
  hatched?: boolean;
  dashed?: boolean;
}

export interface ChartProps {
  title: string;
  /** What the chart says, for those who cannot see it. */
  summary: string;
  data: Omit<PlotData, "range">;
  legend: LegendEntry[];
  height: number;
  className?: string;
  /** Buttons of its own, beside the title. */
  tools?: ComponentChildren;
  children?: ComponentChildren;
}

/** A chart's height as a share of the window's: a large screen is filled and a small one is not flooded. */
export const heightOf = (part: number, least: number, most: number): number =>
  Math.round(Math.min(Math.max(innerHeight * part, least), most));

/** Index of the point nearest to the cursor; the last one where there is no cursor. */
export function indexAt(time: readonly number[], at: number | null): number {
  if (at === null || time.length === 0) return time.length - 1;
  let low = 0, high = time.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - time[low - 1]! < time[low]! - at ? low - 1 : low;
}

export function Chart({ title, summary, data, legend, height, className, tools, children }: ChartProps) {
  return (
    <figure class={`chart ${className ?? ""}`}>
      <figcaption>
        <span class="chart-title">{title}</span>
        {tools}
        <Legend time={data.time} entries={legend} />
        <Moment time={data.time} />
      </figcaption>
      <Canvas title={title} data={data} height={height} />
      <p class="unseen">{summary}</p>
      {children}
    </figure>
  );
}

function Legend({ time, entries }: { time: readonly number[]; entries: LegendEntry[] }) {
  const index = indexAt(time, cursor.value);
  return (
    <span class="legend">
      {entries.map(({ label, color, value, hatched, dashed }) => (
        <span class="legend-entry" key={label}>
          <Swatch color={color} hatched={hatched} dashed={dashed} />
          {label} <b>{index < 0 ? "–" : value(index)}</b>
        </span>
      ))}
    </span>
  );
}

/** The moment that the legend's values are of. */
export function Moment({ time }: { time: readonly number[] }) {
  const index = indexAt(time, cursor.value);
  return (
    <time class={`legend-time${cursor.value === null ? " resting" : ""}`} title={`time in ${zone()}`}>
      {index < 0
        ? ""
        : origin.value === null
        ? timeToSecond(time[index]!)
        : `${elapsed(time[index]! - origin.value)} after the start`}
    </time>
  );
}

function Canvas({ title, data, height }: { title: string; data: Omit<PlotData, "range">; height: number }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const range = shown.value;
  const colors = palette.value;

  useLayoutEffect(() => {
    const element = host.current!;
    plot.current = new Plot(element, { ...data, range }, element.clientWidth || 600, height);
    const sized = new ResizeObserver(() => plot.current?.resize(element.clientWidth, height));
    sized.observe(element);
    return () => {
      sized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [height]);

  // The plot was just made with these; drawing it again would double the wait for the first chart.
  const drawn = useRef({ data, range, colors });
  useEffect(() => {
    const before = drawn.current;
    drawn.current = { data, range, colors };
    if (before.colors !== colors) plot.current?.repaint();
    if (before.data !== data || before.range !== range) plot.current?.update({ ...data, range });
  }, [data, range, colors]);

  return (
    <div
      class="canvas"
      ref={host}
      style={{ height: `${height}px` }}
      tabIndex={0}
      role="group"
      aria-label={`${title}. Arrow keys pan, plus and minus zoom, 0 goes back; drag to zoom.`}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey && steer(event.key)) event.preventDefault();
      }}
    />
  );
}
