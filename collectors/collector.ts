import type { Sample } from "../model/sample.ts";
import type { CgroupWatch } from "./cgroup/cgroup_watch.ts";
import type { Roots } from "./roots.ts";

/**
 * How often a collector runs, by what it costs.
 * `fast`: every sample, microseconds. `normal`: about every 15 s. `slow`: about once a minute, milliseconds.
 */
export type Tier = "fast" | "normal" | "slow";

/** What a collector gets: roots, what it shares with others, and the way to say that something cannot be read. */
export interface CollectorContext {
  readonly roots: Roots;
  /** Containers and units; several collectors read from it. */
  readonly cgroups: CgroupWatch;
  /** The first and the last sample of a window: read also what is not due yet. */
  readonly force?: boolean;
  /** Seconds between two readings of what is in the tier `normal`; left out: 15. */
  readonly normal_seconds?: number;
  /** Whether unchanged processes may be read less often: yes in continuous watching, no in one short window. */
  readonly skip_stale?: boolean;
  /** Share of one processor that leakwatch aims to take; left out: 1 %. */
  readonly cpu_budget?: number;
  /** Says once that a source cannot be read. Repeating the same source and reason is silent. */
  unavailable(source: string, why: string, hint?: string): void;
}

/**
 * One kernel source. `collect` writes its part into the sample, in place. A throw never stops the others: the registry
 * notes the source as unavailable and goes on.
 */
export interface Collector {
  name: string;
  /** What it reads, as a person would type it: "/proc/meminfo". */
  source: string;
  tier: Tier;
  collect(sample: Sample, context: CollectorContext): void;
  /**
   * Starts what cannot be done at once (asking a container engine) and settles when it is done or given up. Optional:
   * `collect` never waits for it.
   */
  prepare?(): Promise<void>;
  /** Takes the pids of the suspects, to read them first and deeper; replaces those named before. */
  focus?(pids: Iterable<number>): void;
  /** Closes kept handles. */
  close?(): void;
}

/** Makes a collector; the registry in mod.ts holds one line for each. */
export type CollectorFactory = (context: CollectorContext) => Collector;
