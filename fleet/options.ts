/** What a fleet is read with. */

import type { CredentialOptions } from "./credentials.ts";
import type { FleetDetector } from "./detector.ts";
import type { FleetMetric } from "./metrics_table.ts";
import type { FleetWindow } from "./window.ts";

export interface FleetOptions {
  url: string;
  window: FleetWindow;
  select: string | null;
  /** Families of known metrics; null: all that the server has. */
  families: readonly string[] | null;
  custom: readonly FleetMetric[];
  /** Labels that make a chain, instead of the metric's own. */
  by: readonly string[] | null;
  version_label: string | null;
  /** Queries at once. */
  jobs: number;
  budget_seconds: number;
  compress: boolean;
  credentials: CredentialOptions;
  detector: FleetDetector;
  signal: AbortSignal;
  leakwatch_version: string;
  /** Lifetimes kept of each workload with their sketches, whatever they do; left out: those that leak, else two. */
  lifetimes_shown?: number;
  /** Called now and then, to collect garbage before much of it lies about. */
  onPause?: () => void;
  onProgress?: (done: number, words: string) => void;
  /** For tests: shorter waits. */
  reconnect_seconds?: readonly number[];
  idle_seconds?: number;
}
