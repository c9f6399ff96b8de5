/** Memory by who has it, stacked, with all of it as the limit, alerts on the axis, and where a leak leads. */

import { useMemo } from "preact/hooks";
import type { AlertRow, Composition, SeriesReply, Suspect, Trend } from "../api.ts";
import { COMPOSITION_PARTS, type CompositionPart, knownParts } from "../composition_parts.ts";
import { change, query } from "../address.ts";
import { bytes } from "../format.ts";
import type { PlotMark, PlotSeries, PlotTrend } from "../plot_data.ts";
import { Chart } from "./chart.tsx";

export const MEMORY_COLUMNS = [
  ...COMPOSITION_PARTS.map((part) => part.column),
  "available_bytes",
];

export interface MemoryChartProps {
  series: SeriesReply;
  memory: Composition;
  alerts: readonly AlertRow[];
  suspects: readonly Suspect[];
  trend: Trend | null;
  height: number;
}

/** Sums from the bottom; null where any part is missing. */
function stack(series: SeriesReply, parts: readonly CompositionPart[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  let below: (number | null)[] = series.time_seconds.map(() => 0);
  for (const { column } of parts) {
    const own = series.columns[column] ?? [];
    below = below.map((sum, i) => sum === null || own[i] == null ? null : sum + own[i]!);
    sums.push(below);
  }
  return sums;
}

/**
 * Where what is not available is heading. The detector's own line where it claims one; else, where a program leaks, its pace
 * from the present on.
 */
function usedTrend(
  series: SeriesReply,
  memory: Composition,
  suspects: readonly Suspect[],
  seen: Trend | null,
): PlotTrend | null {
  if (seen?.rate_per_hour) {
    const { low, mid, high } = seen.rate_per_hour;
    return {
      color: "leak",
      time: seen.time_seconds,
      values: seen.values,
      slope: [low / 3600, mid / 3600, high / 3600],
      dots: false,
    };
  }
  const rates = suspects
    .filter((suspect) =>
      suspect.verdict === "leak" && suspect.unit === "bytes" && suspect.subject.pid !== null
    )
    .flatMap((suspect) => suspect.rate_per_hour ?? []);
  const now = series.time_seconds.at(-1), available = series.columns["available_bytes"]?.at(-1);
  if (rates.length === 0 || available == null || now === undefined) return null;
  const sum = (part: "low" | "mid" | "high") => rates.reduce((total, rate) => total + rate[part], 0) / 3600;
  const level = memory.total_bytes - available;
  return {
    color: "leak",
    time: [now - 1, now],
    values: [level, level],
    slope: [sum("low"), sum("mid"), sum("high")],
    dots: false,
  };
}

/** What can be given back at once, or is free: it says nothing of a leak, and there may be twenty times as much of it. */
const SPARE: ReadonlySet<string> = new Set(["cache_bytes", "free_bytes"]);
/** From this share of all on, what is available dwarfs what is in use. */
const DWARFED = 0.6;

/** The scale is in the address: `memory=all` or `memory=used`; without it, what can be read better. */
function showsAll(memory: Composition): boolean {
  const asked = query.value.get("memory");
  return asked === null ? memory.available_bytes < memory.total_bytes * DWARFED : asked === "all";
}

export function MemoryChart({ series, memory, alerts, suspects, trend, height }: MemoryChartProps) {
  const isAll = showsAll(memory);
  const known = knownParts(memory);
  const parts = isAll ? known : known.filter(({ column }) => !SPARE.has(column));
  const data = useMemo(() => {
    const sums = stack(series, parts);
    const areas: PlotSeries[] = parts.map((part, i) => ({
      color: part.color,
      kind: "area" as const,
      hatched: part.hatched,
      values: sums[i]!,
    })).reverse();
    const notAvailable = series.columns["available_bytes"]!.map((value) =>
      value === null ? null : memory.total_bytes - value
    );
    return {
      time: series.time_seconds,
      unit: "bytes" as const,
      ceiling: isAll ? memory.total_bytes : undefined,
      series: [...areas, { color: "ink", kind: "line" as const, width: 1.5, values: notAvailable }],
      marks: alerts.map(({ time_seconds, severity }): PlotMark => ({
        time: time_seconds,
        tone: severity === "critical" ? "leak" : severity === "warning" ? "watch" : "calm",
      })),
      trend: usedTrend(series, memory, suspects, trend),
    };
  }, [series, memory.total_bytes, memory.kernel_bytes === null, alerts, suspects, trend, isAll]);

  const column = (name: string) => (index: number) => bytes(series.columns[name]?.[index]);
  const legend = [
    { label: "available", color: "ink", value: column("available_bytes") },
    ...known.toReversed().map(({ column: name, label, color, hatched }) => ({
      label,
      color,
      hatched,
      value: column(name),
    })),
  ];
  return (
    <Chart
      title="Memory"
      summary={`Of ${bytes(memory.total_bytes)}: ${
        known.map((part) => `${part.label} ${bytes(memory[part.column])}`).join(", ")
      }. The line is what is not available.`}
      data={data}
      legend={legend}
      height={height}
      className="memory-chart"
      tools={
        <span class="segments" role="group" aria-label="Scale of the memory chart">
          {(["used", "all"] as const).map((scale) => (
            <button
              type="button"
              key={scale}
              aria-pressed={isAll === (scale === "all")}
              onClick={() => change({ memory: scale }, true)}
            >
              {scale === "all" ? bytes(memory.total_bytes) : "in use"}
            </button>
          ))}
        </span>
      }
    />
  );
}
