/** One reading of a fleet: discovery, limits, restarts, series, short lifetimes, workloads, report; each phase timed. */

import process from "node:process";
import { FLEET_SCHEMA, type FleetReport } from "../model/fleet_report.ts";
import { countWorkloads, fleetWorkloads, iso } from "./build_report.ts";
import { Chains } from "./chains.ts";
import type { SeriesContext } from "./classify_lifetimes.ts";
import type { PrometheusClient } from "./client.ts";
import type { FleetDetector } from "./detector.ts";
import { type FoundMetric, readCounts, wantedMetrics } from "./discover.ts";
import { attribute } from "./echoes.ts";
import { FleetError, type FleetErrorKind } from "./errors.ts";
import { FAMILIES } from "./families.ts";
import { Limits, readLimits } from "./limits.ts";
import type { FleetMetric } from "./metrics_table.ts";
import type { FleetOptions } from "./options.ts";
import { Owners, readOwners } from "./owners.ts";
import { planShards } from "./plan.ts";
import { type ReadTotals, ShardReader, type Unread } from "./read_shards.ts";
import { readRestarts, Restarts } from "./restarts.ts";
import { lookAgain } from "./second_look.ts";
import { type FleetWindow, pointsFor, stepOf } from "./window.ts";
import { type ClassifiedWorkload, classifyWorkloads } from "./workloads.ts";

/** More series at once than this are refused before they are read. */
export const MAX_SERIES = 300_000;
const SHOWN_SHARDS = 5;
/** Errors that all further queries would meet. */
const FATAL: ReadonlySet<FleetErrorKind> = new Set(["denied", "unreachable", "bad_query", "no_api"]);

/** Reads once. */
export class FleetReader {
  readonly #began = performance.now();
  readonly #phases: Record<string, number> = {};
  readonly #unread: Unread[] = [];
  readonly #reader: ShardReader;
  #expectedPoints = 1;
  #readPoints = 0;

  constructor(
    readonly client: PrometheusClient,
    readonly options: FleetOptions,
    readonly signal: AbortSignal,
  ) {
    this.#reader = new ShardReader({
      client,
      select: options.select,
      jobs: options.jobs,
      signal,
      onPause: options.onPause,
      onProgress: (points) => this.#progress(points),
    });
  }

  async read(): Promise<FleetReport> {
    const { client, options } = this;
    const { window, select } = options;
    options.onProgress?.(0, `asking ${options.url}`);
    const engine = await client.readBuildInfo();
    const present = await client.readMetricNames(window.start_seconds, window.end_seconds);
    const found = await this.#phase("discovery", () => this.#discover(present));
    const owners = await this.#optional(
      "owners",
      "owners of pods",
      () => readOwners(client, present, select, window),
      () => new Owners(),
    );
    const chains = new Chains(owners, options.by);
    const points = pointsFor(seriesOf(found) * 512);
    this.#expectedPoints = Math.max(1, seriesOf(found) * points);
    const metrics: FleetReport["metrics"] = [];
    const starts = new Map<string, Restarts>();
    for (const each of found) {
      const { metric, scrape_interval_seconds } = each;
      if (this.signal.aborted) {
        this.#unread.push({ source: metric.name, why: String(this.signal.reason), hint: "" });
        continue;
      }
      const step_seconds = stepOf(window, scrape_interval_seconds, points);
      const before = { ...this.#reader.totals };
      const limits = await this.#optional(
        "limits",
        `limits of ${metric.name}`,
        () => readLimits(client, metric, present, select, chains, window),
        () => new Limits(chains),
      );
      const restarts = await this.#optional(
        "restarts",
        `restarts of ${metric.name}`,
        () => this.#restarts(metric, starts, present, step_seconds),
        () => new Restarts(),
      );
      const context: SeriesContext = {
        metric,
        chains,
        detector: options.detector,
        limits,
        restarts,
        window,
        step_seconds,
        version_label: options.version_label,
        sketches_all: options.lifetimes_shown !== undefined,
      };
      await this.#phase(
        "series",
        () => this.#reader.read(planShards(metric, pointsByShard(each, window, step_seconds)), context),
      );
      const series = this.#reader.totals.series - before.series;
      await this.#phase("short lifetimes", () => lookAgain(this.#reader, context, each, series));
      metrics.push({ name: metric.name, series, step_seconds, scrape_interval_seconds });
    }
    if (this.#reader.totals.series === 0) throw this.#nothingRead();
    const judged = await this.#phase(
      "workloads",
      () => Promise.resolve(classifyAll(chains, window, options.detector)),
    );
    return this.#report(engine, metrics, judged);
  }

  async #discover(present: ReadonlySet<string>): Promise<FoundMetric[]> {
    const { options, client } = this;
    const metrics = wantedMetrics(present, new Set(options.families ?? FAMILIES), options.custom);
    for (const { name } of options.custom) {
      if (!present.has(name)) {
        this.#unread.push({ source: name, why: "the server has no such metric", hint: "" });
      }
    }
    if (metrics.length === 0) {
      throw new FleetError(
        "no_api",
        `${options.url}: has none of the metrics leakwatch knows (cAdvisor, node_exporter, process-exporter, client libraries); ` +
          "name one with --metric NAME",
      );
    }
    const found: FoundMetric[] = [];
    for (const metric of metrics) {
      options.onProgress?.(0, `counting ${metric.name}`);
      const counts = await this.#optional(
        "counts",
        metric.name,
        () => readCounts(client, metric, options.select, options.window),
        () => null,
      );
      if (counts === null) continue;
      if (counts.most_series > MAX_SERIES) throw tooMany(counts);
      found.push(counts);
    }
    if (found.length === 0) {
      const first = this.#unread[0];
      if (first) throw new FleetError("stopped", `${options.url}: nothing could be read: ${first.why}`);
      const which = options.select === null ? "" : ` that ${options.select} selects`;
      throw new FleetError(
        "no_api",
        `${options.url}: no series${which} in this window; look at --select, --last and --end`,
      );
    }
    return found;
  }

  async #restarts(
    metric: FleetMetric,
    known: Map<string, Restarts>,
    present: ReadonlySet<string>,
    step: number,
  ): Promise<Restarts> {
    const name = metric.start_time ?? "";
    let restarts = known.get(name);
    if (!restarts) {
      restarts = await readRestarts(
        this.client,
        metric,
        present,
        this.options.select,
        this.options.window,
        step,
      );
      known.set(name, restarts);
    }
    return restarts;
  }

  #progress(points: number): void {
    this.#readPoints += points;
    const { series } = this.#reader.totals;
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    this.options.onProgress?.(
      this.#readPoints / this.#expectedPoints,
      `judging ${series.toLocaleString("en-US")} series · ${seconds} s · Ctrl-C reports what is read`,
    );
  }

  /** Runs a part without which the rest still makes sense: where it fails it is told, and the rest goes on. */
  async #optional<T>(phase: string, source: string, run: () => Promise<T>, otherwise: () => T): Promise<T> {
    try {
      return await this.#phase(phase, run);
    } catch (error) {
      if (!(error instanceof FleetError) || FATAL.has(error.kind)) throw error;
      this.#unread.push({ source, why: error.message, hint: "" });
      return otherwise();
    }
  }

  /** Runs a part and adds its time to the report. */
  async #phase<T>(name: string, run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await run();
    } finally {
      this.#phases[name] = (this.#phases[name] ?? 0) + (performance.now() - began) / 1000;
    }
  }

  #nothingRead(): FleetError {
    const first = this.#reader.unread[0] ?? this.#unread[0];
    return new FleetError(
      "stopped",
      first
        ? `${this.options.url}: nothing could be read: ${first.why}`
        : `${this.options.url}: holds no series`,
    );
  }

  #report(
    engine: { engine: string; version: string | null },
    metrics: FleetReport["metrics"],
    judged: readonly ClassifiedWorkload[],
  ): FleetReport {
    const { options, client } = this;
    const workloads = fleetWorkloads(judged, options.lifetimes_shown);
    const totals: ReadTotals = this.#reader.totals;
    const { user, system } = process.cpuUsage();
    return {
      schema: FLEET_SCHEMA,
      leakwatch_version: options.leakwatch_version,
      source: {
        url: options.url,
        ...engine,
        start: iso(options.window.start_seconds),
        end: iso(options.window.end_seconds),
        step_seconds: metrics.toSorted((a, b) => b.series - a.series)[0]!.step_seconds,
        select: options.select,
      },
      counts: { ...countWorkloads(workloads), ...totals },
      metrics,
      workloads,
      unavailable: [...this.#unread, ...this.#reader.unread],
      own: {
        ...client.traffic,
        seconds: { ...this.#phases, total: (performance.now() - this.#began) / 1000 },
        cpu_seconds: (user + system) / 1e6,
        rss_bytes: Deno.memoryUsage().rss,
      },
    };
  }
}

const seriesOf = (found: readonly FoundMetric[]): number =>
  found.reduce(
    (sum, { series_by_shard }) => sum + [...series_by_shard.values()].reduce((a, b) => a + b, 0),
    0,
  );

function pointsByShard(
  { series_by_shard }: FoundMetric,
  window: FleetWindow,
  step: number,
): Map<string, number> {
  const points = (window.end_seconds - window.start_seconds) / step;
  return new Map([...series_by_shard].map(([value, series]) => [value, series * points]));
}

function classifyAll(chains: Chains, window: FleetWindow, detector: FleetDetector): ClassifiedWorkload[] {
  const byMetric = Map.groupBy(chains.all, ({ metric }) => metric);
  const judged = [...byMetric.values()].flatMap((each) =>
    classifyWorkloads(each, window.end_seconds - window.start_seconds, detector)
  );
  attribute(judged);
  return judged;
}

function tooMany({ metric, most_series, series_by_shard }: FoundMetric): FleetError {
  const largest = [...series_by_shard].sort((a, b) => b[1] - a[1]).slice(0, SHOWN_SHARDS)
    .map(([value, series]) => `${value || "none"} ${series}`).join(", ");
  return new FleetError(
    "too_large",
    `${metric.name}: ${most_series} series at once, more than ${MAX_SERIES}; by ${metric.shard}: ${largest} …; ` +
      `read a part with --select '{${metric.shard}="…"}'`,
  );
}
