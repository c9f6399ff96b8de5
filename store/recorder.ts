/** Turns samples into rows of a session's tables: which rows, and when. */

import type { EngineSample, ProcessSample, Sample, SlabCache, UnitSample } from "../model/sample.ts";
import { SHARED_MEMORY_COLLECTORS } from "../model/shared_memory_holding.ts";
import { ChangedRows } from "./changed_rows.ts";
import { MomentTracker } from "./derived_metrics.ts";
import { ProcessSelection, type SelectionOptions } from "./process_selection.ts";
import type { SessionWriter } from "./session_writer.ts";
import { type SharedMemoryObject, toObjects } from "./shared_memory_objects.ts";
import {
  dockerSpaceTable,
  dockerTable,
  type SpaceItem,
  type UnitItem,
  unitsTable,
} from "./tables/containers.ts";
import { ENDED } from "./table.ts";
import { fragmentationTable, slabTable } from "./tables/kernel_objects.ts";
import { bootMemoryTable, kernelTable, memoryTable, pressureTable, swapTable } from "./tables/machine.ts";
import { processesTable } from "./tables/processes.ts";
import { runtimesTable } from "./tables/runtimes.ts";
import { sharedMemoryTable } from "./tables/shared_memory.ts";
import type { SessionKind } from "./tables.ts";

/** Who is under suspicion now; logged at every sample. */
export interface Suspects {
  /** pid → start_ticks. */
  processes: ReadonlyMap<number, number>;
  slab_caches: ReadonlySet<string>;
}

export const NO_SUSPECTS: Suspects = { processes: new Map(), slab_caches: new Set() };

const LARGEST_CACHES = 20;

export interface RecorderOptions extends SelectionOptions {
  kind: SessionKind;
}

export class Recorder {
  readonly #session: SessionWriter;
  readonly #kind: SessionKind;
  readonly #selection: ProcessSelection;
  #moments: MomentTracker | null = null;
  #spaceSignature = "";
  readonly #caches = new ChangedRows<SlabCache>({
    keyOf: ({ name }) => name,
    sizes: ({ size_bytes }) => [size_bytes],
  });
  readonly #units = new ChangedRows<UnitSample>({
    keyOf: ({ cgroup }) => cgroup,
    sizes: (unit) => [
      unit.working_set_bytes,
      unit.limit_bytes,
      unit.anon_bytes,
      unit.shmem_bytes,
      unit.swap_bytes,
      unit.kernel_unreclaimable_bytes,
    ],
  });
  readonly #shared = new ChangedRows<SharedMemoryObject>({
    keyOf: ({ kind, name, id }) => `${kind} ${id} ${name}`,
    sizes: ({ size_bytes, used_bytes, swap_bytes }) => [size_bytes, used_bytes, swap_bytes],
  });
  readonly #runtimes = new ChangedRows<ProcessSample>({
    keyOf: ({ pid, start_ticks }) => `${pid} ${start_ticks}`,
    sizes: ({ runtime_memory: memory }) => [
      memory!.heap_live_bytes,
      memory!.heap_used_bytes,
      memory!.heap_max_bytes,
      memory!.declared_limit_bytes,
      memory!.metaspace_bytes,
    ],
  });

  constructor(session: SessionWriter, options: RecorderOptions) {
    this.#session = session;
    this.#kind = options.kind;
    this.#selection = new ProcessSelection(options);
  }

  /** Adds this sample's rows to the session and lets it flush. What its collector did not renew gets no row. */
  record(sample: Sample, suspects: Suspects = NO_SUSPECTS): void {
    this.#moments ??= new MomentTracker(sample);
    const moment = this.#moments.observe(sample);
    const { updated, wall_seconds: now, time_seconds: time } = sample;
    const session = this.#session;
    if (updated.has("meminfo")) {
      session.write(this.#kind === "boot-diagnostics" ? bootMemoryTable : memoryTable, [moment], now);
      session.write(kernelTable, [moment], now);
      session.write(swapTable, [moment], now);
    }
    session.write(
      processesTable,
      this.#selection.select(sample.processes, suspects.processes, time),
      now,
    );
    if (updated.has("pressure") && sample.pressure?.memory) session.write(pressureTable, [moment], now);
    if (sample.containers.length > 0) session.write(dockerTable, sample.containers, now);
    session.write(dockerSpaceTable, this.#changedSpace(sample.engines), now);
    session.write(unitsTable, this.#changedUnits(sample), now);
    if (updated.has("buddyinfo") && sample.zones) {
      session.write(fragmentationTable, sample.zones.map((zone) => ({ zone, memory: sample.memory })), now);
    }
    if (updated.has("slabinfo") && sample.slab_caches) {
      const largest = new Set(
        sample.slab_caches.toSorted((a, b) => b.size_bytes - a.size_bytes).slice(0, LARGEST_CACHES),
      );
      const always = (cache: SlabCache) => largest.has(cache) || suspects.slab_caches.has(cache.name);
      session.write(slabTable, this.#caches.select(sample.slab_caches, time, always), now);
    }
    if (SHARED_MEMORY_COLLECTORS.some((name) => updated.has(name))) {
      session.write(sharedMemoryTable, this.#changedSharedMemory(sample), now);
    }
    const runtimes = sample.processes.filter((process) => process.runtime_memory != null);
    if (runtimes.length > 0) session.write(runtimesTable, this.#runtimes.select(runtimes, time), now);
    session.flush(time);
  }

  #changedUnits({ units, time_seconds }: Sample): UnitItem[] {
    const changed = this.#units.select(units, time_seconds);
    const ended = this.#units.takeEnded().map((unit) => ({ ...unit, kind: ENDED } as const));
    return [...ended, ...changed];
  }

  #changedSharedMemory({ shared_memory, time_seconds }: Sample): SharedMemoryObject[] {
    const changed = this.#shared.select(shared_memory ? toObjects(shared_memory) : [], time_seconds);
    return [...this.#shared.takeEnded().map((object) => ({ ...object, state: ENDED })), ...changed];
  }

  #changedSpace(engines: readonly EngineSample[]): SpaceItem[] {
    if (engines.length === 0) return [];
    const signature = JSON.stringify(engines.map((engine) => [engine.socket, engine.space]));
    if (signature === this.#spaceSignature) return [];
    this.#spaceSignature = signature;
    return engines.flatMap((engine) => engine.space.map((space) => ({ engine, space })));
  }
}
