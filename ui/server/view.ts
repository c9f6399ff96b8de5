/** What a set of screens is shown from: this machine live, or a recorded session. */

import type {
  AlertsReply,
  ContainersReply,
  KernelReply,
  NowReply,
  ProcessesReply,
  ProcessReply,
  SeriesReply,
  SparksReply,
  SuspectsReply,
} from "./api.ts";

/** A range of time in Unix seconds and how many points it is to be drawn with. Null: as far as there is data. */
export interface RangeQuery {
  from: number | null;
  to: number | null;
  /** Seconds back from the end, for those who do not know yet when that is; `from` goes before it. */
  last: number | null;
  points: number;
}

/** The ends of a range over data that reaches from `oldest` to `newest`. Pure. */
export function boundsOf(range: RangeQuery, oldest: number, newest: number): { from: number; to: number } {
  const to = range.to ?? newest;
  return { from: range.from ?? (range.last === null ? oldest : to - range.last), to };
}

/** A process by its identity within one boot. */
export interface ProcessIdentity {
  pid: number;
  start_ticks: number;
}

/** Answers may take time: a recording is read from disk. */
export interface View {
  now(): NowReply | Promise<NowReply>;
  /** Those beyond the ones that the overview holds. */
  moreSuspects(): SuspectsReply | Promise<SuspectsReply>;
  series(columns: readonly string[], range: RangeQuery): SeriesReply | Promise<SeriesReply>;
  processes(): ProcessesReply | Promise<ProcessesReply>;
  sparks(processes: readonly ProcessIdentity[]): SparksReply | Promise<SparksReply>;
  /** Null: no such process was seen. */
  process(identity: ProcessIdentity, range: RangeQuery): ProcessReply | null | Promise<ProcessReply | null>;
  kernel(range: RangeQuery): KernelReply | Promise<KernelReply>;
  containers(range: RangeQuery): ContainersReply | Promise<ContainersReply>;
  alerts(range: RangeQuery): AlertsReply | Promise<AlertsReply>;
}
