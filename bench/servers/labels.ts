/** `labels.json` of a recording: what is true of each program in it. */
import type { LeakKind } from "./scenario.ts";

export interface LabelledProcess {
  pid: number;
  start_ticks: number;
  name: string;
  command: string;
  /** Seconds after the recording's start when it was first seen, and last. */
  first_seen_seconds: number;
  last_seen_seconds: number;
}

export interface Label {
  name: string;
  what: string;
  truth: "healthy" | "leak";
  kind: LeakKind | null;
  /** By design and by the requests that were served: bytes or objects per hour while it leaks. */
  rate_per_hour: number | null;
  /** What was measured over the second half of its life, in bytes of anonymous memory and swap; null where too short. */
  measured_bytes_per_hour: number | null;
  declared_cap: { bytes: number; where: string } | null;
  warm_up_seconds: number;
  /** RFC 3339, UTC. */
  started_at: string;
  /** Null where it still ran at the end. */
  ended_at: string | null;
  /** The process started. */
  main_pid: number;
  /** Whom a finding may name: the leaking processes; all of them where healthy. */
  blamed_pids: number[];
  processes: LabelledProcess[];
  /** Names under which findings about shared memory may tell of it: a mount, or the machine's total of a kind. */
  shared_names: string[];
  requests: { done: number; failed: number };
}

export interface Labels {
  schema: "leakwatch.corpus/1";
  recorded_at: string;
  duration_seconds: number;
  kernel_release: string;
  boot_id: string;
  programs: Label[];
}
