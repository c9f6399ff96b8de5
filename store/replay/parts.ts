/** How the rows of each table become a sample's parts again. */

import { emptyContainer, emptyKernelMemory, emptyMemory, emptyUnit } from "../../model/empty_records.ts";
import { unusableShares } from "../../model/fragmentation.ts";
import type {
  ContainerSample,
  Sample,
  SlabCache,
  UnitSample,
  ZoneFragmentation,
} from "../../model/sample.ts";
import type { Moment } from "../derived_metrics.ts";
import { fromObjects, NO_OBJECT, type SharedMemoryObject } from "../shared_memory_objects.ts";
import { type AnyTable, ENDED } from "../table.ts";
import { dockerSpaceTable, dockerTable, type SpaceItem, unitsTable } from "../tables/containers.ts";
import { fragmentationTable, slabTable } from "../tables/kernel_objects.ts";
import { KERNEL_COUNTS, kernelTable, memoryTable, pressureTable, swapTable } from "../tables/machine.ts";
import { processesTable } from "../tables/processes.ts";
import { runtimesTable } from "../tables/runtimes.ts";
import { sharedMemoryTable } from "../tables/shared_memory.ts";
import { HeldProcesses } from "./held_processes.ts";
import type { TableCursor } from "./table_cursor.ts";

/** Reads one table back. `sample.updated` names what the rows of this very sample have filled. */
export interface Part {
  table: AnyTable;
  /** Takes the row at which the cursor stands. */
  take(cursor: TableCursor, sample: Sample & { updated: Set<string> }): void;
  /** Before each sample that is handed out, whether it had rows or none. */
  finish?(sample: Sample, cursor: TableCursor): void;
  /** Its rows are LazyRows. */
  lazy?: boolean;
}

const NO_PRESSURE = { avg10_percent: 0, avg60_percent: 0, avg300_percent: 0, total_microseconds: 0 };

/** The parts of one replay; the first one's rows are the samples. */
export function makeParts(): Part[] {
  const processes = new HeldProcesses();
  return [
    memoryPart,
    processPart(processes),
    runtimePart(processes),
    swapPart,
    kernelPart,
    pressurePart,
    containerPart(),
    unitPart(),
    slabPart(),
    zonePart(),
    sharedMemoryPart(processes),
    spacePart(),
  ];
}

const moment = { sample: null as unknown as Sample } as Moment;
const momentOf = (sample: Sample): Moment => Object.assign(moment, { sample });

const memoryPart: Part = {
  table: memoryTable,
  take(cursor, sample) {
    sample.memory ??= emptyMemory();
    sample.updated.add("meminfo");
    cursor.restore(momentOf(sample));
  },
};

const swapPart: Part = {
  table: swapTable,
  take(cursor, sample) {
    sample.memory ??= emptyMemory();
    cursor.restore(momentOf(sample));
  },
};

const kernelPart: Part = {
  table: kernelTable,
  take(cursor, sample) {
    sample.memory ??= emptyMemory();
    if (cursor.cell("Swap_In_KB") !== "") {
      sample.vmstat ??= {
        swap_in_bytes: NaN,
        swap_out_bytes: NaN,
        oom_kills: null,
        direct_reclaim_scanned_pages: null,
        kswapd_scanned_pages: null,
        major_faults: null,
      };
      sample.updated.add("vmstat");
    }
    if (cursor.cell("File_Handles") !== "") sample.system_descriptors ??= { allocated: NaN, limit: NaN };
    if (KERNEL_COUNTS.some(({ name }) => cursor.cell(name) !== "")) {
      sample.kernel ??= emptyKernelMemory();
      sample.updated.add("kernel_memory");
    }
    cursor.restore(momentOf(sample));
  },
};

const pressurePart: Part = {
  table: pressureTable,
  take(cursor, sample) {
    sample.pressure ??= { memory: { some: { ...NO_PRESSURE }, full: null }, cpu: null, io: null };
    if (cursor.cell("Full_Total_US") !== "") sample.pressure.memory!.full ??= { ...NO_PRESSURE };
    sample.updated.add("pressure");
    cursor.restore(momentOf(sample));
  },
};

function processPart(held: HeldProcesses): Part {
  return {
    table: processesTable,
    take(cursor, sample) {
      sample.updated.add("processes");
      held.take(cursor);
    },
    finish: (sample, cursor) => held.writeTo(sample, cursor),
    lazy: true,
  };
}

const runtimePart = (held: HeldProcesses): Part => ({
  table: runtimesTable,
  take(cursor) {
    const process = held.get(Number(cursor.cell("PID")));
    if (process?.started_at_seconds !== Date.parse(cursor.cell("Start_Time")) / 1000) return;
    process.runtime_memory ??= {
      runtime: null,
      declared_limit_bytes: null,
      declared_limit_name: null,
      fills_for_seconds: null,
      fills_reason: null,
      heap_live_bytes: null,
      heap_used_bytes: null,
      heap_max_bytes: null,
      collections: null,
      collection_seconds: null,
      metaspace_bytes: null,
    };
    cursor.restore(process);
  },
});

/** Containers have a row at each sample; whoever has none is gone. */
function containerPart(): Part {
  const known = new Map<string, ContainerSample>();
  let present: ContainerSample[] = [], time = NaN;
  return {
    table: dockerTable,
    take(cursor, sample) {
      if (sample.time_seconds !== time) present = [];
      time = sample.time_seconds;
      const id = cursor.cell("Full_ID") || cursor.cell("Container_ID");
      let container = known.get(id);
      if (!container) known.set(id, container = { ...emptyContainer(id), state: "running" });
      cursor.restore(container);
      present.push(container);
      sample.updated.add("cgroups").add("cgroup_usage");
    },
    finish(sample) {
      if (sample.time_seconds !== time) present = [];
      for (const { id } of sample.containers) if (!present.some((one) => one.id === id)) known.delete(id);
      sample.containers = present;
      present = [];
      for (const { processes } of sample.containers) processes.length = 0;
      if (known.size === 0) return;
      for (const { pid, container } of sample.processes) {
        if (container !== null) known.get(container)?.processes.push(pid);
      }
    },
  };
}

/** Things that keep their last row until another one comes; `isEnd`: this one says that there will be none. */
function heldPart<Thing>(options: {
  table: AnyTable;
  collector: string;
  keyOf(cursor: TableCursor): string;
  make(cursor: TableCursor): Thing;
  restore(cursor: TableCursor, thing: Thing): void;
  isEnd?(cursor: TableCursor): boolean;
  put(sample: Sample, things: Thing[]): void;
}): Part {
  const held = new Map<string, Thing>();
  let things: Thing[] = [], hasRows = false;
  return {
    table: options.table,
    take(cursor, sample) {
      hasRows = true;
      sample.updated.add(options.collector);
      const key = options.keyOf(cursor);
      if (options.isEnd?.(cursor)) {
        held.delete(key);
        return;
      }
      let thing = held.get(key);
      if (thing === undefined) held.set(key, thing = options.make(cursor));
      options.restore(cursor, thing);
    },
    finish(sample) {
      if (!hasRows) return;
      hasRows = false;
      if (held.size !== things.length || [...held.values()].some((thing, i) => thing !== things[i])) {
        things = [...held.values()];
      }
      options.put(sample, things);
    },
  };
}

const unitPart = () =>
  heldPart<UnitSample>({
    table: unitsTable,
    collector: "cgroups",
    keyOf: (cursor) => cursor.cell("Cgroup"),
    make: (cursor) => emptyUnit(cursor.cell("Unit"), cursor.cell("Cgroup"), "other"),
    restore: (cursor, unit) => cursor.restore(unit),
    isEnd: (cursor) => cursor.cell("Kind") === ENDED,
    put: (sample, units) => sample.units = units,
  });

const slabPart = () =>
  heldPart<SlabCache>({
    table: slabTable,
    collector: "slabinfo",
    keyOf: (cursor) => cursor.cell("Cache"),
    make: (cursor) => ({
      name: cursor.cell("Cache"),
      active_objects: 0,
      objects: 0,
      object_bytes: 0,
      size_bytes: 0,
    }),
    restore: (cursor, cache) => cursor.restore(cache),
    put: (sample, caches) => sample.slab_caches = caches,
  });

const zonePart = () => {
  let memory: Sample["memory"] = null;
  const part = heldPart<ZoneFragmentation>({
    table: fragmentationTable,
    collector: "buddyinfo",
    keyOf: (cursor) => `${cursor.cell("Node")}/${cursor.cell("Zone")}`,
    make: () => ({ node: 0, zone: "", free_bytes: 0, free_blocks: [], unusable: [] }),
    restore(cursor, zone) {
      cursor.restore({ zone, memory });
      zone.unusable = unusableShares(zone.free_blocks);
    },
    put: (sample, zones) => sample.zones = zones,
  });
  return {
    ...part,
    take: (cursor: TableCursor, sample: Parameters<Part["take"]>[1]) => {
      memory = sample.memory;
      part.take(cursor, sample);
    },
  };
};

const spacePart = () =>
  heldPart<SpaceItem>({
    table: dockerSpaceTable,
    collector: "engines",
    keyOf: (cursor) => `${cursor.cell("Engine")}/${cursor.cell("Kind")}`,
    make: () => ({
      engine: { engine: "docker", socket: "", version: null, space: [] },
      space: { kind: "images", count: 0, size_bytes: 0, reclaimable_bytes: null },
    }),
    restore: (cursor, item) => cursor.restore(item),
    put(sample, items) {
      const byEngine = Map.groupBy(items, ({ engine }) => engine.engine);
      sample.engines = [...byEngine.values()].map((of) => ({
        ...of[0]!.engine,
        space: of.map(({ space }) => space),
      }));
    },
  });

const sharedMemoryPart = (held: HeldProcesses) =>
  heldPart<SharedMemoryObject>({
    table: sharedMemoryTable,
    collector: "tmpfs",
    keyOf: (cursor) => `${cursor.cell("Kind")} ${cursor.cell("ID")} ${cursor.cell("Name")}`,
    make: () => ({ ...NO_OBJECT }),
    restore: (cursor, object) => cursor.restore(object),
    isEnd: (cursor) => cursor.cell("State") === ENDED,
    put: (sample, objects) => sample.shared_memory = fromObjects(objects, (pid) => held.get(pid)?.name ?? ""),
  });
