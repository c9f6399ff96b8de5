/**
 * What the page and every other client of the API get: plain JSON, snake_case, units in the names (see DESIGN §3).
 *
 * A live machine and a recorded session answer with the same shapes, so one set of screens shows both. `null` means
 * "could not be read" (or, for a recording, "was not written down"), 0 is a measured zero.
 */

export type {
  DescriptorKinds,
  EngineSample,
  HugePagePool,
  MemoryInfo,
  SharedMemory,
  SwapDevice,
  Unavailable,
} from "../../model/sample.ts";
export type {
  Alert,
  Finding,
  FindingKind,
  RatePerHour,
  Severity,
  TimeToLimit,
  Unit,
  Verdict,
} from "../../model/finding.ts";
export type * from "./api/alerts.ts";
export type * from "./api/containers.ts";
export type * from "./api/fleet.ts";
export type * from "./api/kernel.ts";
export type * from "./api/overview.ts";
export * from "./api/processes.ts";
export type * from "./api/series.ts";
export type * from "./api/suspect.ts";
export type * from "./api/sessions.ts";
