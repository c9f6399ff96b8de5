/** What leakwatch says about a machine: verdicts, findings and alerts. Names are those of the JSON it prints. */

/** Shape of a series over its window; only `leak` accuses. */
export type Verdict =
  | "leak"
  | "growing"
  | "warm-up"
  | "step"
  | "sawtooth"
  | "periodic"
  | "stable"
  | "shrinking"
  | "insufficient-data";

/** What a series counts. Sizes are always bytes; `percent` is 0 to 100. */
export type Unit = "bytes" | "percent" | "count";

export type Severity = "info" | "warning" | "critical";

/** A 90 % interval of the rate, per hour, in the series' unit. */
export interface RatePerHour {
  low: number;
  mid: number;
  high: number;
}

/** When the named limit is reached if growth goes on; `high` is null where it may never be. */
export interface TimeToLimit {
  low: number;
  high: number | null;
  limit: string;
}

/** One thing to type about a finding. */
export interface NextStep {
  /** `look` only reads. `dig` stops, traces or changes what it looks at, and its remark says how. */
  kind: "look" | "dig";
  /** For a shell, as it stands. */
  command: string;
  /** What it shows, what it does to the process, and how to get a tool that is missing here; may be empty. */
  remark: string;
}

export const FINDING_KINDS = [
  "process-memory",
  "process-descriptors",
  "process-threads",
  "process-mappings",
  "container-memory",
  "unit-memory",
  "kernel-slab",
  "kernel-memory",
  "kernel-unaccounted",
  "kernel-cgroups",
  "kernel-descriptors",
  "shared-memory",
  "tmpfs",
  "system-memory",
] as const;
export type FindingKind = typeof FINDING_KINDS[number];

/** Who a finding is about. Fields that do not apply are null. */
export interface Subject {
  pid: number | null;
  start_ticks: number | null;
  /** Process, container, unit, slab cache, mount or kernel field. */
  name: string;
  unit: string | null;
  container: string | null;
  /** Path in the cgroup tree: units of the system and of users share names. */
  cgroup?: string | null;
}

export interface Finding {
  /** The same in a later evaluation of the same thing. */
  key: string;
  kind: FindingKind;
  subject: Subject;
  verdict: Verdict;
  severity: Severity;
  /** 0 to 1: that this is a leak, calibrated on bench/servers; `leak` is at least 0.8, `growing` less. */
  probability: number;
  /** 0 to 1: how sure the verdict is; of a leak the same as `probability`. */
  confidence: number;
  rate_per_hour: RatePerHour | null;
  unit: Unit;
  time_to_limit_seconds: TimeToLimit | null;
  /** One sentence: why. */
  evidence: string;
  /** One command or action to type next. */
  next_step: string;
  /** The ways to go on, in the order to try them; `next_step` is the first as one line. */
  next_steps?: NextStep[];
  /** Key of the finding whose growth shows in this one too; null where it stands for itself. */
  caused_by: string | null;
  /** Share of this growth that other findings explain, 0 to 1. */
  explained_share: number;
  /** Subjects alike that this finding stands for: 20 workers of one service. */
  count: number;
  /** Why it is not called a leak any more, where it was one: "levelled off at 48 MiB: it was filling". */
  withdrawn?: string;
}

export type AlertState = "pending" | "firing" | "resolved";

export interface Alert {
  rule: string;
  severity: Severity;
  state: AlertState;
  subject: string;
  /** The unit or container that the subject is in, by which many alerts are grouped; null or left out: none. */
  service?: string | null;
  value: number | null;
  threshold: number | null;
  message: string;
  /** What to do: one command or action. */
  next_step: string;
  /** RFC 3339 in UTC: when this state began. */
  since: string;
  /** The same from firing to resolved, and not used again: for those who match the two. */
  id: string;
}

/** A change of an alert's state, reported once, to the log and the sinks. */
export interface AlertChange {
  alert: Alert;
  /**
   * `all`: to the log and to the sinks that notify people. `log`: in quiet hours, to the log only. `notify`: to the sinks only, when
   * quiet hours end and the alert still fires; the log has it already.
   */
  route: "all" | "log" | "notify";
}

/** Something of leakwatch's own that does not work: a log that cannot be written, a sink that cannot be reached. */
export interface OperationalError {
  /** File or sink. */
  name: string;
  why: string;
}
