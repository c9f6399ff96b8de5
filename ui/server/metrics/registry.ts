/** A registry that lives for one scrape: whatever has no value leaves no series. */

import { Counter, Gauge, Registry } from "prom-client";
import { safeText } from "../../../model/safe_text.ts";
import type { MetricName } from "../../../model/metric_names.ts";

export const OPENMETRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE;
export const TEXT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;
export type ExpositionType = typeof OPENMETRICS_TYPE | typeof TEXT_TYPE;

export interface MetricSeries {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export type Labels = Record<string, string | number>;

/** Names chosen by processes and cgroups reach whoever looks at the exposition in a terminal. */
const safeLabels = (labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels).map((
      [name, value],
    ) => [name, typeof value === "string" ? safeText(value, 256) : value]),
  );

export class MetricsRegistry {
  readonly #registry = new Registry<ExpositionType>();
  readonly #metrics = new Map<MetricName, Gauge<string> | Counter<string>>();

  constructor(type: ExpositionType) {
    this.#registry.setContentType(type);
  }

  /** Sets one series; null is left out. A name that ends in `_total` is a counter. */
  set(name: MetricName, help: string, value: number | null | undefined, labels: Labels = {}): void {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    let metric = this.#metrics.get(name);
    if (metric === undefined) {
      const options = { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
      metric = name.endsWith("_total") ? new Counter(options) : new Gauge(options);
      this.#metrics.set(name, metric);
    }
    metric.inc(safeLabels(labels), value);
  }

  /** All series with their values. */
  async series(): Promise<MetricSeries[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.flatMap(({ name, values }) =>
      values.map(({ value, labels }) => ({
        name,
        labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
        value,
      }))
    );
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
