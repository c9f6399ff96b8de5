/** What is remembered of processes, slab caches, containers, units and zones: while somebody looks, or of a recording. */

import { cgroupLeakableBytes, processLeakableBytes } from "../../../model/leakable.ts";
import type { Sample } from "../../../model/sample.ts";
import { processKey } from "../api.ts";
import { RETENTION_SECONDS, SERIES_TIERS, SeriesHistory } from "./series_history.ts";

export const PROCESS_COLUMNS = ["leakable_bytes", "rss_bytes", "open_descriptors", "threads"] as const;
/** Known of the few processes that get a closer look, and of JVMs. */
export const DETAIL_COLUMNS = [
  "heap_live_bytes",
  "files",
  "deleted_files",
  "sockets",
  "pipes",
  "anon_inodes",
  "memfds",
  "devices",
  "other",
] as const;
const MAX_DETAILED = 64;
const MAX_PROCESSES = 6000;
const MAX_GROUPS = 400;
/** All there are: some 250. A leak begins in a small one. */
const MAX_SLABS = 500;
const ORDERS = 11;
/** Rows kept of a recording: as many as a chart is wide. */
const RECORDED_ROWS = 400;

export class GroupHistory {
  readonly processes: SeriesHistory;
  /** Live heap and descriptors by kind. */
  readonly details: SeriesHistory;
  readonly slabs: SeriesHistory;
  readonly containers: SeriesHistory;
  readonly units: SeriesHistory;
  readonly zones: SeriesHistory;
  /** How often something was recorded. */
  rows = 0;
  readonly #rowSeconds: number;
  readonly #forgets: boolean;
  #due = -Infinity;

  /** `sessionSeconds`: a recording of that length, kept from its start to its end at one resolution. */
  constructor(sessionSeconds?: number) {
    this.#forgets = sessionSeconds === undefined;
    this.#rowSeconds = Math.max(RETENTION_SECONDS, (sessionSeconds ?? 0) / RECORDED_ROWS);
    const shapes = this.#forgets ? SERIES_TIERS : [{ step_seconds: 0, capacity: RECORDED_ROWS + 2 }];
    this.processes = new SeriesHistory(PROCESS_COLUMNS, MAX_PROCESSES, shapes);
    this.details = new SeriesHistory(DETAIL_COLUMNS, MAX_DETAILED, shapes);
    this.slabs = new SeriesHistory(["size_bytes"], MAX_SLABS, shapes);
    this.containers = new SeriesHistory(
      ["leakable_bytes", "usage_bytes", "working_set_bytes"],
      MAX_GROUPS,
      shapes,
    );
    this.units = new SeriesHistory(["leakable_bytes", "usage_bytes"], MAX_GROUPS, shapes);
    const orders = Array.from({ length: ORDERS }, (_, order) => `order_${order}`);
    this.zones = new SeriesHistory(orders, 32, shapes);
  }

  observe(sample: Sample): void {
    const time = sample.time_seconds;
    // A tenth of tolerance, or a 10 s rhythm at 2 s samples slips to 12 s.
    if (time < this.#due - 0.5) return;
    this.#due = time + this.#rowSeconds;
    this.rows++;
    const row = new Float64Array(PROCESS_COLUMNS.length);
    const detail = new Float64Array(DETAIL_COLUMNS.length);
    for (const process of sample.processes) {
      if (process.is_kernel_thread || process.state === "Z") continue;
      row[0] = processLeakableBytes(process);
      row[1] = process.rss_bytes;
      row[2] = process.open_descriptors ?? NaN;
      row[3] = process.threads ?? NaN;
      this.processes.record(processKey(process), time, row);
      const { descriptor_kinds: kinds, runtime_memory } = process;
      const heap = runtime_memory?.heap_live_bytes ?? null;
      if (kinds === null && heap === null) continue;
      for (const [i, name] of DETAIL_COLUMNS.entries()) {
        detail[i] = name === "heap_live_bytes" ? heap ?? NaN : kinds?.[name] ?? NaN;
      }
      this.details.record(processKey(process), time, detail);
    }
    for (const cache of sample.slab_caches ?? []) this.slabs.record(cache.name, time, [cache.size_bytes]);
    for (const container of sample.containers) {
      const { id, usage_bytes, working_set_bytes } = container;
      this.containers.record(id, time, [
        cgroupLeakableBytes(container) ?? NaN,
        usage_bytes ?? NaN,
        working_set_bytes ?? NaN,
      ]);
    }
    for (const unit of sample.units) {
      this.units.record(unit.cgroup, time, [cgroupLeakableBytes(unit) ?? NaN, unit.usage_bytes ?? NaN]);
    }
    for (const { node, zone, unusable } of sample.zones ?? []) {
      this.zones.record(
        `${node}/${zone}`,
        time,
        Array.from({ length: ORDERS }, (_, i) => unusable[i] ?? NaN),
      );
    }
    if (!this.#forgets) return;
    for (const book of [this.processes, this.details, this.slabs, this.containers, this.units, this.zones]) {
      book.sweep(time);
    }
  }
}
