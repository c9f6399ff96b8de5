/** The registry of collectors and the sampler that runs them. */

import { buddyinfoCollector } from "./kernel/buddyinfo.ts";
import { cgroupsCollector, cgroupUsageCollector } from "./cgroup/cgroups.ts";
import { CgroupWatch } from "./cgroup/cgroup_watch.ts";
import type { Collector, CollectorContext, CollectorFactory, Tier } from "./collector.ts";
import { LIVE_ROOTS, type Roots } from "./roots.ts";
import { emptySample } from "../model/empty_sample.ts";
import { enginesCollector } from "./container/engines.ts";
import { fileNrCollector } from "./kernel/file_nr.ts";
import { hostCollector } from "./kernel/host.ts";
import { kernelMemoryCollector } from "./kernel/kernel_memory.ts";
import { netnsCollector } from "./kernel/netns.ts";
import { kubernetesNamesCollector } from "./container/kubernetes_names.ts";
import { meminfoCollector } from "./kernel/meminfo.ts";
import { posixShmCollector } from "./shared_memory/posix_shm.ts";
import { pressureCollector } from "./kernel/pressure.ts";
import { processCgroupCollector } from "./cgroup/process_cgroup.ts";
import { processExpensiveCollector } from "./process/process_expensive.ts";
import { runtimeMemoryCollector } from "./process/runtime_memory.ts";
import { processesCollector } from "./process/processes.ts";
import { reasonOf } from "../model/error_reason.ts";
import type { CollectorRun, Sample, Unavailable } from "../model/sample.ts";
import { shmUsersCollector } from "./shared_memory/shm_users.ts";
import { slabinfoCollector } from "./kernel/slabinfo.ts";
import { swapsCollector } from "./kernel/swaps.ts";
import { systemVCollector } from "./shared_memory/system_v.ts";
import { tmpfsCollector } from "./shared_memory/tmpfs.ts";
import { vmstatCollector } from "./kernel/vmstat.ts";

/** One line for each kernel source. Order matters only where a later one uses an earlier one's part. */
export const COLLECTORS: readonly CollectorFactory[] = [
  hostCollector,
  meminfoCollector,
  vmstatCollector,
  pressureCollector,
  swapsCollector,
  buddyinfoCollector,
  slabinfoCollector,
  fileNrCollector,
  processesCollector,
  processExpensiveCollector,
  cgroupsCollector,
  cgroupUsageCollector,
  enginesCollector,
  kubernetesNamesCollector,
  processCgroupCollector,
  runtimeMemoryCollector,
  kernelMemoryCollector,
  netnsCollector,
  tmpfsCollector,
  systemVCollector,
  posixShmCollector,
  shmUsersCollector,
];

/** A file under /proc or /sys that is not there. */
const ABSENT = { ENOENT: "not present on this kernel" };

const NORMAL_SECONDS = 15;
const SLOW_SECONDS = 60;
/** A series needs some dozens of readings to be judged: in a short window the tier `normal` runs this many times. */
const READINGS_PER_WINDOW = 60;

/** Seconds between two readings of the tier `normal`: 15, and less where one short window is all there is. */
function normalSeconds(windowSeconds = Infinity): number {
  return Math.min(NORMAL_SECONDS, windowSeconds / READINGS_PER_WINDOW);
}

/** Every how many samples a tier runs, at the given interval: `normal` about every 15 s, `slow` about every 60 s. */
function samplesBetween(tier: Tier, intervalSeconds: number, ofNormal = NORMAL_SECONDS): number {
  if (tier === "fast") return 1;
  const seconds = tier === "normal" ? ofNormal : ofNormal * SLOW_SECONDS / NORMAL_SECONDS;
  return Math.max(1, Math.round(seconds / Math.max(intervalSeconds, 0.1)));
}

export interface SamplerOptions {
  roots?: Roots;
  /** The interval that the caller samples at, from which the tiers follow. */
  interval_seconds?: number;
  /** The length of the window where it is all there is, as for `analyze`; left out: we go on watching. */
  window_seconds?: number;
  /** Share of one processor that leakwatch aims to take. */
  cpu_budget?: number;
  collectors?: readonly CollectorFactory[];
}

/** Reads the machine into one Sample that is reused from pass to pass; whoever calls `take` sets the sample's clock. */
export class Sampler {
  readonly sample: Sample = emptySample();
  readonly #entries: { collector: Collector; run: CollectorRun; every: number }[];
  readonly #context: CollectorContext;
  readonly #forced: CollectorContext;
  readonly #updated = new Set<string>();
  #pass = 0;

  constructor(options: SamplerOptions = {}) {
    const ofNormal = normalSeconds(options.window_seconds);
    const roots = options.roots ?? LIVE_ROOTS;
    const unavailable: CollectorContext["unavailable"] = (source, why, hint = "") =>
      noteOnce(this.sample.unavailable, source, why, hint);
    this.#context = {
      normal_seconds: ofNormal,
      skip_stale: options.window_seconds === undefined,
      cpu_budget: options.cpu_budget,
      roots,
      cgroups: new CgroupWatch(roots, unavailable),
      unavailable,
    };
    this.#forced = { ...this.#context, force: true };
    this.#entries = (options.collectors ?? COLLECTORS).map((make) => {
      const collector = make(this.#context);
      return {
        collector,
        every: samplesBetween(collector.tier, options.interval_seconds ?? 1, ofNormal),
        run: {
          name: collector.name,
          source: collector.source,
          ok: true,
          duration_seconds: 0,
          runs: 0,
          total_seconds: 0,
        },
      };
    });
    this.sample.collectors = this.#entries.map((entry) => entry.run);
    this.sample.updated = this.#updated;
  }

  /** Reads all that is due now; `force` reads every tier (first and last sample of a window). */
  take(force = false): Sample {
    this.#updated.clear();
    const context = force ? this.#forced : this.#context;
    for (const { collector, run, every } of this.#entries) {
      if (!force && this.#pass % every !== 0) continue;
      const begin = performance.now();
      try {
        collector.collect(this.sample, context);
        run.ok = true;
        this.#updated.add(collector.name);
      } catch (error) {
        run.ok = false;
        this.#context.unavailable(collector.source, reasonOf(error, ABSENT));
      }
      run.duration_seconds = (performance.now() - begin) / 1000;
      run.total_seconds += run.duration_seconds;
      run.runs++;
    }
    this.#pass++;
    return this.sample;
  }

  /**
   * Gives slow sources (container engines) up to `seconds` to answer, so that a first sample already knows names. A hung
   * one costs that long once; samples never wait.
   */
  async prepare(seconds = 2): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, seconds * 1000));
    const starts = this.#entries.map(({ collector }) => collector.prepare?.().catch(() => {}));
    await Promise.race([Promise.all(starts), enough]);
    clearTimeout(timer);
  }

  /** Names the suspects, which are then read first and deeper; replaces those named before. */
  focus(pids: Iterable<number>): void {
    const list = [...pids];
    for (const { collector } of this.#entries) collector.focus?.(list);
  }

  close(): void {
    for (const { collector } of this.#entries) collector.close?.();
  }
}

function noteOnce(list: Unavailable[], source: string, why: string, hint: string): void {
  if (!list.some((entry) => entry.source === source && entry.why === why)) {
    list.push({ source, why, hint });
  }
}
