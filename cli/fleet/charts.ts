/** Small charts of a leaking workload's lifetimes, on one axis of time. */

import type { FleetEntity, FleetWorkload } from "../../fleet/mod.ts";
import type { Chart } from "../report/document.ts";
import { nameOf } from "./sentences.ts";

const WORKLOADS = 8, LINES = 6, POINTS = 120;

/** One chart for each of the first few. */
export const workloadCharts = (workloads: readonly FleetWorkload[]): Chart[] =>
  workloads.slice(0, WORKLOADS).map(chartOf).filter((chart) => chart !== null);

function chartOf(workload: FleetWorkload): Chart | null {
  const drawn = workload.entities.filter((each) => each.sketch !== null).slice(0, LINES);
  if (drawn.length === 0) return null;
  const starts = drawn.map(({ sketch }) => sketch!.time_seconds[0]!);
  const ends = drawn.map(({ sketch }) => sketch!.time_seconds.at(-1)!);
  const first = Math.min(...starts), last = Math.max(...ends);
  const times = Array.from({ length: POINTS }, (_, i) => first + (last - first) * i / (POINTS - 1));
  return {
    kind: "chart",
    title: `${nameOf(workload)} · ${workload.what}`,
    unit: workload.unit,
    stacked: false,
    time_seconds: times,
    lines: drawn.map((each) => ({ name: lineName(each), values: times.map((time) => valueAt(each, time)) })),
  };
}

const lineName = ({ labels, version }: FleetEntity): string =>
  [labels["pod"] ?? labels["instance"] ?? Object.values(labels)[0] ?? "", version].filter(Boolean).join(" ");

/** Between two points of the sketch on the line that joins them; null before and after the lifetime. */
function valueAt({ sketch }: FleetEntity, time: number): number | null {
  const { time_seconds: times, values } = sketch!;
  const after = times.findIndex((each) => each >= time);
  if (after < 0 || (after === 0 && times[0]! > time)) return null;
  if (after === 0) return values[0]!;
  const share = (time - times[after - 1]!) / Math.max(1, times[after]! - times[after - 1]!);
  return values[after - 1]! + (values[after]! - values[after - 1]!) * share;
}
