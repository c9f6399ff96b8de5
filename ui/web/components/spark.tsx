/** A series small enough to stand in a line of text, on its own scale. */

import type { Spark as SparkData } from "../api.ts";

export interface SparkProps {
  spark: SparkData | null | undefined;
  width?: number;
  height?: number;
  tone?: "leak" | "watch" | "calm";
  filled?: boolean;
}

/** Changes below this share of the level are drawn as flat: a scale of its own must not make a mountain of a page fault. */
const MIN_SPREAD = 0.01;

export function Spark({ spark, width = 96, height = 22, tone = "calm", filled = false }: SparkProps) {
  const points =
    spark?.values.flatMap((value, i) => value === null ? [] : [{ time: spark.time_seconds[i]!, value }]) ??
      [];
  if (points.length < 2) return <svg class="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" />;
  const values = points.map((point) => point.value);
  const low = Math.min(...values), high = Math.max(...values);
  const spread = Math.max(high - low, Math.abs(high) * MIN_SPREAD, 1e-9);
  const bottom = (low + high) / 2 - spread / 2;
  const start = points[0]!.time, length = points.at(-1)!.time - start || 1;
  const x = (time: number) => 1 + (time - start) / length * (width - 2);
  const y = (value: number) => height - 2 - (value - bottom) / spread * (height - 4);
  const path = points.map(({ time, value }, i) =>
    `${i ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`
  )
    .join("");
  return (
    <svg
      class={`spark tone-${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {filled && <path class="spark-fill" d={`${path}V${height}H${x(start).toFixed(1)}Z`} />}
      <path class="spark-line" d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
