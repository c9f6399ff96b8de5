/** The state of a view: what the first screen says in words and figures. */

import type { Unavailable } from "../../../model/sample.ts";
import type { AlertsReply } from "./alerts.ts";
import type { ProcessRow } from "./processes.ts";
import type { SeriesReply, Trend } from "./series.ts";
import type { Suspect } from "./suspect.ts";

/** What a view shows: this machine now, or a recording. */
export interface ViewInfo {
  kind: "live" | "session";
  /** Session id; null for the live view. */
  id: string | null;
  hostname: string;
  kernel_release: string;
  boot_time_seconds: number | null;
  /** Time the view has data for. */
  from_seconds: number | null;
  to_seconds: number | null;
  interval_seconds: number;
}

/**
 * Memory by who has it; the parts add up to `total_bytes` (unaccounted memory is counted from 0). A recording may not tell
 * all parts from programs: those are null, and what they hold is counted with the programs.
 */
export interface Composition {
  total_bytes: number;
  programs_bytes: number;
  shared_bytes: number | null;
  cache_bytes: number;
  slab_bytes: number | null;
  kernel_bytes: number | null;
  unaccounted_bytes: number | null;
  free_bytes: number;
  available_bytes: number;
  swap_total_bytes: number;
  swap_used_bytes: number;
}

/** The first line of the page. `tone` says how it is meant where colour cannot. */
export interface Headline {
  text: string;
  tone: "calm" | "watch" | "leak" | "blind";
}

/** The state of a view: what the overview says in words and figures. */
export interface NowReply {
  view: ViewInfo;
  time_seconds: number | null;
  headline: Headline;
  memory: Composition | null;
  /** What is not available, as the detector sees it grow; null where it claims no growth. */
  memory_trend: Trend | null;
  /** False while it is too early for any verdict. */
  is_classified: boolean;
  /** The newest value of every machine series. */
  row: Record<string, number | null>;
  /** The worst of those that stand for themselves; `/suspects` has the others. */
  suspects: Suspect[];
  /** How many there are beyond these. */
  more_suspects: number;
  grows_most: ProcessRow[];
  process_count: number;
  alerts_firing: number;
  unavailable: Unavailable[];
}

/** The suspects that the overview leaves out, the worst first. */
export interface SuspectsReply {
  suspects: Suspect[];
}

/** What the page's first chart is drawn from; it comes within the page. */
export interface InitialState {
  now: NowReply;
  alerts: AlertsReply;
  /** The machine's series of the overview over the last `last_seconds`. */
  series: SeriesReply;
  last_seconds: number;
}
