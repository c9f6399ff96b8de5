/** The fleet that `serve --from URL` shows: read at the start, and again when somebody looks at an old answer. */

import { createHash } from "node:crypto";
import {
  type CredentialOptions,
  FleetError,
  type FleetMetric,
  type FleetReport,
  readFleet,
  readLifetime,
} from "../../fleet/mod.ts";
import { Buckets, classify } from "../../rules/detector/mod.ts";
import type {
  FleetLifetime,
  FleetLifetimeReply,
  FleetPort,
  FleetReply,
  FleetRow,
} from "../../ui/server/api.ts";
import { fleetDetector } from "../fleet/detector.ts";
import { fleetSuspect, nameOf } from "../fleet/sentences.ts";
import { gcPacing } from "../gc_pacing.ts";
import { VERSION } from "../version.ts";
import { drawn } from "./live_adapter.ts";

export interface FleetPortOptions {
  url: string;
  last_seconds: number;
  select: string | null;
  families: readonly string[] | null;
  custom: readonly FleetMetric[];
  version_label: string | null;
  credentials: CredentialOptions;
  signal: AbortSignal;
}

/** An answer older than this is renewed once somebody looks. */
const REFRESH_SECONDS = 900;
/** After a failure somebody who looks has it tried again this soon. */
const RETRY_SECONDS = 30;
const BUDGET_SECONDS = 600, GARBAGE_BYTES = 24 * 1024 * 1024;
/** The page shows this many, and so many lifetimes of each. */
const MAX_WORKLOADS = 200, MAX_LIFETIMES = 24;

/** Begins to read; `close` ends that. */
export function openFleet(options: FleetPortOptions): FleetPort {
  let report: FleetReport | null = null;
  let reply: FleetReply = emptyReply("reading", `asking ${options.url}`);
  let isReading = false, tryAt = 0;

  const read = async () => {
    isReading = true;
    const end_seconds = Math.floor(Date.now() / 1000), pacing = gcPacing(GARBAGE_BYTES);
    try {
      report = await readFleet({
        ...options,
        window: { start_seconds: end_seconds - options.last_seconds, end_seconds },
        by: null,
        jobs: 2,
        budget_seconds: BUDGET_SECONDS,
        compress: false,
        detector: fleetDetector,
        leakwatch_version: VERSION,
        lifetimes_shown: MAX_LIFETIMES,
        onPause: () => pacing.observe(),
        onProgress: (progress, message) => {
          // What is shown stays until the newer answer is there.
          if (report === null) reply = { ...reply, progress: Math.min(1, progress), message };
        },
      });
      reply = replyOf(report, end_seconds);
      tryAt = end_seconds + REFRESH_SECONDS;
    } catch (error) {
      const message = error instanceof FleetError ? error.message : `unexpected: ${error}`;
      reply = report === null ? emptyReply("failed", message) : { ...reply, message };
      tryAt = Date.now() / 1000 + RETRY_SECONDS;
    } finally {
      isReading = false;
    }
  };
  read();

  return {
    reply() {
      if (!isReading && Date.now() / 1000 >= tryAt && !options.signal.aborted) {
        if (reply.state === "failed") reply = emptyReply("reading", `asking ${options.url} again`);
        read();
      }
      return reply;
    },
    async lifetime(workloadId, lifetimeId) {
      const row = reply.workloads.find(({ id }) => id === workloadId);
      const lifetime = row?.shown_lifetimes.find(({ id }) => id === lifetimeId);
      return row && lifetime && report ? await lifetimeReply(row, lifetime, report, options) : null;
    },
  };
}

const emptyReply = (state: FleetReply["state"], message: string): FleetReply => ({
  state,
  message,
  progress: 0,
  read_at_seconds: null,
  refresh_seconds: REFRESH_SECONDS,
  source: null,
  counts: null,
  unavailable: [],
  workloads: [],
  more: 0,
});

function replyOf(report: FleetReport, readAt: number): FleetReply {
  const shown = report.workloads.slice(0, MAX_WORKLOADS);
  return {
    ...emptyReply("ready", ""),
    progress: 1,
    read_at_seconds: readAt,
    source: report.source,
    counts: report.counts,
    unavailable: report.unavailable,
    workloads: shown.map(rowOf),
    more: report.workloads.length - shown.length,
  };
}

function rowOf(workload: FleetReport["workloads"][number]): FleetRow {
  const { entities, ...rest } = workload;
  const { message, evidence } = fleetSuspect(workload);
  return {
    ...rest,
    id: nameFor([workload.metric, ...Object.entries(workload.key).flat()]),
    name: nameOf(workload),
    message,
    why: evidence,
    shown_lifetimes: entities.map((lifetime) => ({
      ...lifetime,
      id: nameFor([lifetime.start, ...Object.entries(lifetime.labels).flat()]),
    })),
  };
}

/** The same in every answer, so that an address can be sent to a colleague. */
const nameFor = (parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);

async function lifetimeReply(
  workload: FleetRow,
  lifetime: FleetLifetime,
  report: FleetReport,
  options: FleetPortOptions,
): Promise<FleetLifetimeReply> {
  const read = report.metrics.find(({ name }) => name === workload.metric);
  const { times, values, step_seconds, metric } = await readLifetime({
    ...options,
    metric: workload.metric,
    labels: { ...workload.key, ...lifetime.labels },
    start_seconds: Date.parse(lifetime.start) / 1000,
    end_seconds: Date.parse(lifetime.end) / 1000,
    scrape_interval_seconds: read?.scrape_interval_seconds ?? 60,
  });
  const buckets = new Buckets(step_seconds);
  times.forEach((time, i) => buckets.push(time, values[i]!));
  const assessment = times.length < 2
    ? null
    : classify(buckets, { unit: workload.unit, limit: workload.limit, what: metric.what });
  return {
    workload,
    lifetime,
    time_seconds: [...times],
    values: [...values],
    step_seconds,
    assessed: assessment &&
      { verdict: assessment.verdict, confidence: assessment.confidence, evidence: assessment.evidence },
    trend: assessment && drawn(assessment, times.at(-1)!),
  };
}
