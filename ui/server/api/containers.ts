/** Containers and units. */

import type { ContainerSample, EngineSample, Unavailable } from "../../../model/sample.ts";
import type { Verdict } from "../../../model/finding.ts";
import type { Suspect } from "./suspect.ts";
import type { Spark } from "./series.ts";

export interface ContainerRow {
  id: string;
  name: string;
  engine: ContainerSample["engine"];
  image: string | null;
  state: ContainerSample["state"];
  usage_bytes: number | null;
  working_set_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  kernel_bytes: number | null;
  oom_kills: number | null;
  restarts: number | null;
  pids: number | null;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  spark: Spark | null;
  processes: number[];
}

export interface UnitRow {
  name: string;
  kind: string;
  usage_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  spark: Spark | null;
}

export interface ContainersReply {
  time_seconds: number | null;
  containers: ContainerRow[];
  units: UnitRow[];
  engines: EngineSample[];
  suspects: Suspect[];
  unavailable: Unavailable[];
}
