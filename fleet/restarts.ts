/** When processes and hosts began anew, from the metrics that hold their start times. */

import type { PrometheusClient } from "./client.ts";
import type { FleetMetric } from "./metrics_table.ts";
import { matchersOf, seconds, selector } from "./selectors.ts";
import { alignedRange, type FleetWindow } from "./window.ts";

/** Labels that a start time shares with the series of its process. */
const SHARED = ["cluster", "region", "namespace", "pod", "job", "instance"];
const NONE: readonly number[] = [];

/** Unix seconds of restarts by series, ascending. */
export class Restarts {
  readonly #times = new Map<string, number[]>();
  readonly #starts = new Map<string, number[]>();

  add(labels: Readonly<Record<string, string>>, atSeconds: number): void {
    const key = keyOf(labels), times = this.#times.get(key) ?? [];
    if (!times.includes(atSeconds)) times.push(atSeconds);
    times.sort((a, b) => a - b);
    this.#times.set(key, times);
  }

  /** A start that was before the window or in it. */
  addStart(labels: Readonly<Record<string, string>>, atSeconds: number): void {
    const key = keyOf(labels);
    this.#starts.set(key, [...this.#starts.get(key) ?? [], atSeconds]);
  }

  /** When the lifetime began whose first point is at this time; null where no start time tells. */
  startOf(labels: Readonly<Record<string, string>>, firstPointSeconds: number): number | null {
    if (this.#starts.size === 0 && this.#times.size === 0) return null;
    const key = keyOf(labels);
    const before = [...this.#starts.get(key) ?? [], ...this.#times.get(key) ?? []].filter((start) =>
      start <= firstPointSeconds
    );
    return before.length > 0 ? Math.max(...before) : null;
  }

  of(labels: Readonly<Record<string, string>>): readonly number[] {
    return this.#times.size === 0 ? NONE : this.#times.get(keyOf(labels)) ?? NONE;
  }
}

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  SHARED.map((name) => labels[name] ?? "").join("\0");

/**
 * Reads the start times that changed within the window, and those at its beginning and its end: how old a program is decides what its
 * growth is worth. Throws FleetError.
 */
export async function readRestarts(
  client: PrometheusClient,
  metric: FleetMetric,
  present: ReadonlySet<string>,
  select: string | null,
  window: FleetWindow,
  step: number,
): Promise<Restarts> {
  const restarts = new Restarts();
  if (metric.start_time === null || !present.has(metric.start_time)) return restarts;
  // Two steps, so that a change between two of them is seen.
  const newest = `${selector(metric.start_time, matchersOf(select))}[${seconds(2 * step)}]`;
  const query = `max_over_time(${newest}) and (changes(${newest}) > 0)`;
  await client.queryRange({ query, ...alignedRange(window, step) }, ({ labels, values, count }) => {
    for (let i = 0; i < count; i++) restarts.add(labels, Math.round(values[i]!));
  });
  const { start_seconds, end_seconds } = alignedRange(window, step);
  for (const at of [start_seconds, end_seconds]) {
    await client.query(`last_over_time(${newest})`, at, ({ labels, values }) => {
      restarts.addStart(labels, Math.round(values[0]!));
    });
  }
  return restarts;
}
