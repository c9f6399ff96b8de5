/** A few lines over time, each with the band between its lowest and highest values. */

import { useMemo } from "preact/hooks";
import type { SeriesReply } from "../api.ts";
import { bytes, bytesPerSecond, count, percent } from "../format.ts";
import type { PlotData, PlotTrend } from "../plot_data.ts";
import { Chart } from "./chart.tsx";

export interface LineSpec {
  column: string;
  label: string;
  color: string;
  dashed?: boolean;
}

export interface LineChartProps {
  title: string;
  series: SeriesReply;
  lines: LineSpec[];
  unit: PlotData["unit"];
  height: number;
  floats?: boolean;
  ceiling?: number;
  limit?: PlotData["limit"];
  trend?: PlotTrend | null;
  spans?: PlotData["spans"];
  className?: string;
  /** Leaves no trace where nothing was read, rather than saying so. */
  isOptional?: boolean;
}

const TEXT = { bytes, "bytes-per-second": bytesPerSecond, percent, count };

export function LineChart(props: LineChartProps) {
  const { title, series, lines, unit, height, floats, ceiling, limit, trend, spans, className, isOptional } =
    props;
  const present = lines.filter(({ column }) => series.columns[column]?.some((value) => value !== null));
  const names = present.map((line) => line.column).join();
  const data = useMemo(() => ({
    time: series.time_seconds,
    unit,
    floats,
    ceiling,
    limit,
    trend,
    spans,
    series: present.map(({ column, label, color, dashed }) => ({
      color,
      label,
      kind: dashed ? "dash" as const : "line" as const,
      values: series.columns[column]!,
      low: series.low[column],
      high: series.high[column],
    })),
  }), [series, names, trend, floats, ceiling, limit?.value, spans?.length]);
  if (isOptional && present.length === 0) return null;
  const text = TEXT[unit];
  const last = (column: string) => text(series.columns[column]?.at(-1));
  return (
    <Chart
      title={title}
      summary={present.length
        ? present.map(({ column, label }) => `${label}: ${last(column)}`).join(", ")
        : "nothing was read"}
      data={data}
      legend={present.map(({ column, label, color, dashed }) => ({
        label,
        color,
        dashed,
        value: (index) => text(series.columns[column]?.[index]),
      }))}
      height={height}
      className={className}
    >
      {present.length === 0 && <p class="chart-empty">no data</p>}
    </Chart>
  );
}
