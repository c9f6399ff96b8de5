/** The values that must not be reached: the newest known of every chain. */

import type { Chains } from "./chains.ts";
import type { PrometheusClient } from "./client.ts";
import type { FleetMetric } from "./metrics_table.ts";
import { seconds, selector, sharedMatchers } from "./selectors.ts";
import type { FleetWindow } from "./window.ts";

export interface Limit {
  value: number;
  name: string;
}

/** A limit this large is none: cgroup v1 says "no limit" with 2^63 less a page. */
const NO_LIMIT = 2 ** 60;
/** Limits are read off this share of the window's end: whoever is gone had that of his workload. */
const NEWEST_SHARE = 1 / 16;

/** Limits of one metric's series. */
export class Limits {
  readonly #sources: { by: readonly string[]; name: string; values: Map<string, number> }[] = [];

  constructor(readonly chains: Chains) {}

  add(by: readonly string[], name: string): (labels: Record<string, string>, value: number) => void {
    const values = new Map<string, number>();
    this.#sources.push({ by, name, values });
    return (labels, value) => {
      if (!(value > 0) || value >= NO_LIMIT) return;
      const key = this.chains.keyOf(by, labels);
      values.set(key, Math.max(value, values.get(key) ?? 0));
    };
  }

  of(labels: Record<string, string>): Limit | null {
    for (const { by, name, values } of this.#sources) {
      const value = values.get(this.chains.keyOf(by, labels));
      if (value !== undefined) return { value, name };
    }
    return null;
  }
}

/** Asks for the limits of a metric, as far as the server has them. Throws FleetError. */
export async function readLimits(
  client: PrometheusClient,
  metric: FleetMetric,
  present: ReadonlySet<string>,
  select: string | null,
  chains: Chains,
  { start_seconds, end_seconds }: FleetWindow,
): Promise<Limits> {
  const limits = new Limits(chains);
  const newest = seconds(Math.max(3600, (end_seconds - start_seconds) * NEWEST_SHARE));
  for (const { metric: name, matchers, by, name: called } of metric.limits) {
    if (!present.has(name)) continue;
    const labels = [...new Set(by.flatMap((label) => LABELS_OF[label] ?? [label]))];
    const take = limits.add(by, called);
    const limit = `last_over_time(${selector(name, matchers, sharedMatchers(select))}[${newest}])`;
    const folded = metric.summed.length > 0 ? "sum" : "max";
    await client.query(`${folded} by (${labels.join(", ")}) (${limit} > 0)`, end_seconds, (series) => {
      take(series.labels, series.values[0]!);
    });
  }
  return limits;
}

/** Labels that those which are found come from. */
const LABELS_OF: Record<string, string[]> = { workload: ["pod"], host: ["instance"] };
