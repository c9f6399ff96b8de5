/** One lifetime as a small chart: all of a workload's are on the same axes, so that one replica is seen beside the other. */

import type { FleetLifetime } from "../../api.ts";
import { toneOf } from "../../components/verdict.tsx";

export interface Extent {
  from: number;
  to: number;
  low: number;
  high: number;
}

export interface LifetimeSparkProps {
  lifetime: FleetLifetime;
  extent: Extent;
  /** Unix seconds. */
  rollouts: readonly number[];
}

const WIDTH = 200, HEIGHT = 56;

/** The axes that hold all lifetimes; from zero, so that growth is seen against the level. */
export function extentOf(lifetimes: readonly FleetLifetime[]): Extent | null {
  const sketches = lifetimes.flatMap(({ sketch }) => sketch ?? []);
  if (sketches.length === 0) return null;
  const times = sketches.flatMap(({ time_seconds }) => [time_seconds[0]!, time_seconds.at(-1)!]);
  return {
    from: Math.min(...times),
    to: Math.max(...times),
    low: 0,
    high: Math.max(...sketches.flatMap(({ values }) => values), 1e-9),
  };
}

export function LifetimeSpark({ lifetime, extent, rollouts }: LifetimeSparkProps) {
  const { from, to, low, high } = extent;
  const x = (time: number) => 1 + (time - from) / Math.max(1, to - from) * (WIDTH - 2);
  const y = (value: number) => HEIGHT - 2 - (value - low) / (high - low) * (HEIGHT - 4);
  const points =
    lifetime.sketch?.time_seconds.map((time, i) => ({ time, value: lifetime.sketch!.values[i]! })) ?? [];
  const path = points.map(({ time, value }, i) =>
    `${i === 0 ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`
  ).join("");
  return (
    <svg
      class={`spark lifetime-spark tone-${toneOf(lifetime.verdict)}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {rollouts.filter((time) => time > from && time < to).map((time) => (
        <path
          key={time}
          class="rollout"
          d={`M${x(time).toFixed(1)} 0V${HEIGHT}`}
          vector-effect="non-scaling-stroke"
        />
      ))}
      <path class="axis" d={`M1 ${HEIGHT - 1}H${WIDTH - 1}`} vector-effect="non-scaling-stroke" />
      {path && (
        <path
          class="spark-fill"
          d={`${path}V${HEIGHT}H${x(points[0]!.time).toFixed(1)}Z`}
        />
      )}
      <path class="spark-line" d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
