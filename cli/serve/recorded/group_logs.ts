/** The recorded tables with several things per sample: slab caches, zones, containers, space, alerts. */

import type { SessionEntry } from "../../../store/catalog.ts";
import { readTable } from "../../../store/table_reader.ts";
import type {
  AlertRow,
  ContainerRow,
  EngineSample,
  Severity,
  SlabRow,
  Spark,
  ZoneHistory,
} from "../../../ui/server/api.ts";
import { pacePerHour } from "../../../ui/server/slope.ts";

const MOMENTS = 240;
const MAX_GROUPS = 400;
const KB = 1024;
const ORDERS = 11;
const PAGE_KB = 4;

const number = (cell: string | undefined, factor = 1): number | null =>
  cell === undefined || cell === "" ? null : Number(cell) * factor;

/** Steps between the moments that are read. */
const everySeconds = (from: number, to: number): number => Math.max(0, (to - from) / MOMENTS);

class Group {
  cells: string[] = [];
  readonly spark: Spark = { time_seconds: [], values: [] };
  last_seconds = 0;
}

/** Rows by a key, with the series of one column. */
async function readGroups(
  session: SessionEntry,
  table: string,
  columns: readonly string[],
  keyOf: (cells: string[]) => string,
  sparkColumn: number,
): Promise<{ groups: Map<string, Group>; end: number }> {
  const groups = new Map<string, Group>();
  const span = (session.ended_at_seconds ?? Date.now() / 1000) - session.started_at_seconds;
  let end = 0;
  for await (const rows of readTable(session, table, { columns, every_seconds: span / MOMENTS })) {
    for (const { time_seconds, cells } of rows) {
      end = time_seconds;
      const key = keyOf(cells);
      let group = groups.get(key);
      if (!group) {
        if (groups.size >= MAX_GROUPS) continue;
        groups.set(key, group = new Group());
      }
      group.cells = cells;
      group.last_seconds = time_seconds;
      group.spark.time_seconds.push(Math.round(time_seconds));
      group.spark.values.push(number(cells[sparkColumn], KB));
    }
  }
  return { groups, end };
}

export async function readSlab(session: SessionEntry): Promise<SlabRow[] | null> {
  const columns = ["Cache", "Active_Objects", "Objects", "Object_Bytes", "Size_KB"];
  const { groups } = await readGroups(session, "slab", columns, (cells) => cells[0]!, 4);
  if (groups.size === 0) return null;
  return [...groups.values()].map(({ cells, spark }) => ({
    name: cells[0]!,
    active_objects: number(cells[1]) ?? 0,
    objects: number(cells[2]) ?? 0,
    object_bytes: number(cells[3]) ?? 0,
    size_bytes: number(cells[4], KB) ?? 0,
    growth_bytes_per_hour: pacePerHour(spark),
    verdict: null,
    spark,
  })).sort((a, b) => b.size_bytes - a.size_bytes);
}

export async function readContainers(session: SessionEntry): Promise<ContainerRow[]> {
  const columns = [
    "Container_ID",
    "Name",
    "Engine",
    "Image",
    "Usage_KB",
    "Working_Set_KB",
    "Limit_KB",
    "Anon_KB",
    "File_KB",
    "Kernel_KB",
    "OOM_Kills",
    "PIDs",
  ];
  const { groups, end } = await readGroups(session, "docker", columns, (cells) => cells[0]!, 7);
  return [...groups.values()].map(({ cells, spark, last_seconds }) => ({
    id: cells[0]!,
    name: cells[1] || cells[0]!,
    engine: cells[2] as ContainerRow["engine"],
    image: cells[3] || null,
    state: last_seconds < end ? "stopped" as const : "running" as const,
    usage_bytes: number(cells[4], KB),
    working_set_bytes: number(cells[5], KB),
    limit_bytes: number(cells[6], KB),
    anon_bytes: number(cells[7], KB),
    file_bytes: number(cells[8], KB),
    kernel_bytes: number(cells[9], KB),
    oom_kills: number(cells[10]),
    restarts: null,
    pids: number(cells[11]),
    growth_bytes_per_hour: pacePerHour(spark),
    verdict: null,
    spark,
    processes: [],
  }));
}

export async function readSpace(session: SessionEntry): Promise<EngineSample[]> {
  const columns = ["Engine", "Kind", "Count", "Size_KB", "Reclaimable_KB"];
  const { groups } = await readGroups(
    session,
    "docker_space",
    columns,
    (cells) => `${cells[0]} ${cells[1]}`,
    3,
  );
  const engines = Map.groupBy([...groups.values()], ({ cells }) => cells[0]!);
  return [...engines].map(([engine, rows]) => ({
    engine: engine as EngineSample["engine"],
    socket: "",
    version: null,
    space: rows.map(({ cells }) => ({
      kind: cells[1] as EngineSample["space"][number]["kind"],
      count: number(cells[2]) ?? 0,
      size_bytes: number(cells[3], KB) ?? 0,
      reclaimable_bytes: number(cells[4], KB),
    })),
  }));
}

/** Unusable share per order from the blocks of each: (free − suitable) / free, as mm/vmstat.c has it. */
function unusable(blocks: readonly number[]): number[] {
  const pages = blocks.map((count, order) => count * 2 ** order);
  const free = pages.reduce((sum, count) => sum + count, 0);
  let suitable = free;
  return pages.map((count) => {
    const share = free === 0 ? 1 : (free - suitable) / free;
    suitable -= count;
    return Math.round(share * 1000) / 1000;
  });
}

export async function readZones(session: SessionEntry, from: number, to: number): Promise<ZoneHistory[]> {
  const orders = Array.from({ length: ORDERS }, (_, order) => `Order_${order}`);
  const zones = new Map<string, ZoneHistory>();
  const options = {
    from_seconds: from,
    to_seconds: to,
    columns: ["Node", "Zone", "Free_KB", ...orders],
    every_seconds: everySeconds(from, to),
  };
  for await (const rows of readTable(session, "fragmentation", options)) {
    for (const { time_seconds, cells: [node, name, free, ...blocks] } of rows) {
      const key = `${node}/${name}`;
      let zone = zones.get(key);
      if (!zone) {
        if (zones.size >= 32) continue;
        zone = {
          node: Number(node),
          zone: name!,
          free_bytes: 0,
          time_seconds: [],
          unusable: [],
          free_blocks: [],
        };
        zones.set(key, zone);
      }
      const counts = blocks.map(Number);
      zone.free_bytes = number(free, KB) ??
        counts.reduce((sum, n, order) => sum + n * 2 ** order, 0) * PAGE_KB * KB;
      zone.free_blocks = counts;
      zone.time_seconds.push(time_seconds);
      zone.unusable.push(unusable(counts));
    }
  }
  return [...zones.values()];
}

const MAX_ALERTS = 5000;

/** All changes of alerts' states, oldest first. */
export async function readAlerts(session: SessionEntry): Promise<AlertRow[]> {
  const columns = ["Rule", "Severity", "State", "Subject", "Value", "Threshold", "Message"];
  const alerts: AlertRow[] = [];
  for await (const rows of readTable(session, "alerts", { columns })) {
    for (const { time_seconds, cells: [rule, severity, state, subject, value, threshold, message] } of rows) {
      if (alerts.length >= MAX_ALERTS) return alerts;
      alerts.push({
        id: `${rule}/${subject}`,
        rule: rule!,
        severity: severity as Severity,
        state: state as AlertRow["state"],
        subject: subject!,
        value: number(value),
        threshold: number(threshold),
        message: message!,
        next_step: "",
        since: new Date(time_seconds * 1000).toISOString(),
        time_seconds,
      });
    }
  }
  return alerts;
}
