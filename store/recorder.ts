/** Turns samples into rows of a session's tables: which rows, and when. */

import type { EngineSample, Sample, SlabCache } from "../model/sample.ts";
import { MomentTracker } from "./derived_metrics.ts";
import { ProcessSelection, type SelectionOptions } from "./process_selection.ts";
import type { SessionWriter } from "./session_writer.ts";
import { dockerSpaceTable, dockerTable, type SpaceItem } from "./tables/containers.ts";
import { fragmentationTable, slabTable } from "./tables/kernel_objects.ts";
import { bootMemoryTable, kernelTable, memoryTable, pressureTable, swapTable } from "./tables/machine.ts";
import { processesTable } from "./tables/processes.ts";
import type { SessionKind } from "./tables.ts";

/** Who is under suspicion now; logged at every sample. */
export interface Suspects {
  /** pid → start_ticks. */
  processes: ReadonlyMap<number, number>;
  slab_caches: ReadonlySet<string>;
}

export const NO_SUSPECTS: Suspects = { processes: new Map(), slab_caches: new Set() };

const LARGEST_CACHES = 20;
/** A cache has grown when it holds this much, and this share, more than at the session's start. */
const CACHE_GROWTH_BYTES = 1024 * 1024;
const CACHE_GROWTH_SHARE = 0.1;

export interface RecorderOptions extends SelectionOptions {
  kind: SessionKind;
}

export class Recorder {
  readonly #session: SessionWriter;
  readonly #kind: SessionKind;
  readonly #selection: ProcessSelection;
  #moments: MomentTracker | null = null;
  readonly #firstSizes = new Map<string, number>();
  #spaceSignature = "";

  constructor(session: SessionWriter, options: RecorderOptions) {
    this.#session = session;
    this.#kind = options.kind;
    this.#selection = new ProcessSelection(options);
  }

  /** Adds this sample's rows to the session and lets it flush. What its collector did not renew gets no row. */
  record(sample: Sample, suspects: Suspects = NO_SUSPECTS): void {
    this.#moments ??= new MomentTracker(sample);
    const moment = this.#moments.observe(sample);
    const session = this.#session;
    const now = sample.wall_seconds;
    const isBoot = this.#kind === "boot-diagnostics";
    const { renewed } = sample;
    const hasMemory = renewed.has("meminfo");
    if (hasMemory) session.write(isBoot ? bootMemoryTable : memoryTable, [moment], now);
    session.write(
      processesTable,
      this.#selection.select(sample.processes, suspects.processes, sample.time_seconds),
      now,
    );
    if (isBoot) {
      if (hasMemory) session.write(kernelTable, [moment], now);
    } else {
      if (hasMemory) session.write(swapTable, [moment], now);
      if (renewed.has("pressure") && sample.pressure?.memory) session.write(pressureTable, [moment], now);
      if (sample.containers.length > 0) session.write(dockerTable, sample.containers, now);
      session.write(dockerSpaceTable, this.#changedSpace(sample.engines), now);
      if (renewed.has("buddyinfo") && sample.zones) {
        session.write(fragmentationTable, sample.zones.map((zone) => ({ zone, memory: sample.memory })), now);
      }
      if (renewed.has("slabinfo") && sample.slab_caches) {
        session.write(slabTable, this.#caches(sample.slab_caches, suspects.slab_caches), now);
      }
    }
    session.flush(sample.time_seconds);
  }

  /** The largest and every growing cache. */
  #caches(caches: readonly SlabCache[], suspects: ReadonlySet<string>): SlabCache[] {
    return caches.toSorted((a, b) => b.size_bytes - a.size_bytes).filter((cache, rank) => {
      const first = this.#firstSizes.get(cache.name);
      if (first === undefined) this.#firstSizes.set(cache.name, cache.size_bytes);
      const grown = cache.size_bytes - (first ?? cache.size_bytes);
      return rank < LARGEST_CACHES || suspects.has(cache.name) ||
        grown >= Math.max(CACHE_GROWTH_BYTES, (first ?? 0) * CACHE_GROWTH_SHARE);
    });
  }

  #changedSpace(engines: readonly EngineSample[]): SpaceItem[] {
    if (engines.length === 0) return [];
    const signature = JSON.stringify(engines.map((engine) => [engine.socket, engine.space]));
    if (signature === this.#spaceSignature) return [];
    this.#spaceSignature = signature;
    return engines.flatMap((engine) => engine.space.map((space) => ({ engine, space })));
  }
}
