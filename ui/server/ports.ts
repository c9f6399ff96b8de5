/** What the server is given: it reads no machine, no file and no rule by itself, but through these. */

import type {
  Alert,
  Finding,
  MappingGroup,
  MemoryMapLine,
  RuleInfo,
  Severity,
  Trend,
  Verdict,
} from "./api.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import type { GrowthReadings } from "../../model/growth_reading.ts";
import type { DescriptorKinds, MemoryInfo, ProcessSample } from "../../model/sample.ts";

export interface HistoryUse {
  series: number;
  refused: number;
  used_bytes: number;
  budget_bytes: number;
  coarsened: number;
}

/** What the pipeline knows beyond its evaluation of a sample. Called once per sample; answers are kept until the next. */
export interface PipelinePort {
  /** Alerts that were resolved not long ago. */
  resolvedAlerts?(): readonly Alert[];
  /** Those for which there was no room, by severity. */
  alerts_turned_away?(): Readonly<Record<Severity, number>>;
  /** What the history of all series takes, and what was left out to stay within the memory budget. */
  history_use?(): HistoryUse;
  /** Growth as the rules judge it. */
  growth?(): GrowthReadings;
  rules(): readonly RuleInfo[];
  /** The line that a finding claims; null where there is none to draw. */
  trend?(finding: Finding): Trend | null;
  /** The same of the memory that is not available, where it grows. */
  memory_trend?(): Trend | null;
  /** The verdict on a process's memory, whatever it is; null where it is not judged. */
  memory_verdict?(process: ProcessSample): { verdict: Verdict; evidence: string } | null;
  /** Seconds of watching before a first verdict can be given. */
  needed_seconds: number;
}

/** A closer look at one process, on demand. Fields are null where they cannot be read. */
export interface Inspection {
  mapping_groups: MappingGroup[] | null;
  descriptor_kinds: DescriptorKinds | null;
  pss_bytes: number | null;
  uss_bytes: number | null;
}

/** leakwatch's own process; null: could not be read. */
export interface OwnProcess {
  open_descriptors: number | null;
  descriptor_limit: number | null;
  start_time_seconds: number;
}

export interface MachineViewPorts {
  pipeline: PipelinePort;
  inspect?(process: ProcessSample): Inspection | null;
  /** Profiles that were kept with the session, oldest first. */
  profiles?(): readonly ProfileEvidence[];
  own?(): OwnProcess;
  memory_map(memory: MemoryInfo): MemoryMapLine[];
  hide_arguments: boolean;
  interval_seconds: number;
  /** The recorded session that is shown, in Unix seconds; left out: this machine, live. */
  session?: { id: string; from_seconds: number; to_seconds: number };
}
