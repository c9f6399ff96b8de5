/** One profile of one process: all that was learnt, as `--format json` prints it. */

import type { ProfileResult } from "./result.ts";
import { MIN_COVERAGE } from "./result.ts";
import type { Target } from "./target.ts";

export interface ProfiledProcess {
  pid: number;
  start_ticks: number;
  start_time: string;
  name: string;
  executable: string | null;
  runtime: string | null;
}

/** A better method that was not run, and how to run it. */
export interface DeclinedMethod {
  method: string;
  title: string;
  pause: string;
}

export interface Profile {
  schema: "leakwatch.profile/1";
  process: ProfiledProcess;
  /** RFC 3339. */
  started_at: string;
  /** The one that explains the growth best first. */
  results: ProfileResult[];
  /** Methods that failed, one line each. */
  errors: { method: string; message: string }[];
  declined: DeclinedMethod[];
}

export function profiledProcess(target: Target): ProfiledProcess {
  const { pid, start_ticks, start_time, name, executable, runtime } = target;
  return { pid, start_ticks, start_time, name, executable, runtime };
}

/** How far each kind of figure goes towards "who". */
const WORTH: Record<ProfileResult["meaning"], number> = {
  "live-sampled": 4,
  "instance-growth": 4,
  "outstanding": 3,
  "touched": 1,
  "not-referenced": 1,
  "part-growth": 1,
  "open-descriptors": 1,
  "resident-growth": 0,
};

/** Best first: what explains at least half of the growth and says who, then what says who, then hints. */
export function orderResults(results: readonly ProfileResult[]): ProfileResult[] {
  const score = (result: ProfileResult) =>
    WORTH[result.meaning] + (answersGrowth(result) ? 10 : 0) -
    (result.sites.length === 0 ? 20 : 0);
  const bytes = (result: ProfileResult) =>
    result.sites.reduce((sum, site) => sum + (site.live_bytes ?? 0), 0);
  return [...results].sort((a, b) => score(b) - score(a) || bytes(b) - bytes(a));
}

/** Whether these sites explain at least half of what the process grew by in the same seconds. */
export function explainsGrowth(result: ProfileResult): boolean {
  return result.coverage !== null && result.coverage >= MIN_COVERAGE;
}

/** The same by figures that say who keeps the memory. A hint is no answer, however much it covers. */
export function answersGrowth(result: ProfileResult): boolean {
  return explainsGrowth(result) && !isHint(result) && !isChance(result);
}

/** Whether its figures say who touches memory or where it lies, not who keeps it. */
export function isHint({ meaning }: Pick<ProfileResult, "meaning">): boolean {
  return WORTH[meaning] <= 1;
}

/** Fewer blocks than this may be anybody's: an allocator maps its next chunk for whoever happens to need it. */
const MIN_BLOCKS = 5;

/** Whether what is outstanding are so few blocks that another window may name another site. */
export function isChance({ meaning, sites }: ProfileResult): boolean {
  const blocks = sites.reduce((sum, { count }) => sum + (count ?? MIN_BLOCKS), 0);
  return meaning === "outstanding" && sites.length > 0 && blocks < MIN_BLOCKS;
}
