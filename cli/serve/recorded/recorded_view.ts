/** A recorded session as the page's screens show it. Tables are streamed when they are asked for. */

import type { SessionEntry } from "../../../store/catalog.ts";
import type {
  AlertsReply,
  ContainerRow,
  ContainersReply,
  KernelReply,
  NowReply,
  ProcessesReply,
  ProcessReply,
  SeriesReply,
  SlabRow,
  SparksReply,
  Suspect,
  ViewInfo,
} from "../../../ui/server/api.ts";
import { sentence } from "../../../ui/server/headline.ts";
import { seriesReply } from "../../../ui/server/series_reply.ts";
import { pacePerHour } from "../../../ui/server/slope.ts";
import { boundsOf, type ProcessIdentity, type RangeQuery, type View } from "../../../ui/server/view.ts";
import { readAlerts, readContainers, readSlab, readSpace, readZones } from "./group_logs.ts";
import { compositionAt, readMachineSeries } from "./machine_log.ts";
import { isAtEnd, type ProcessLog, readProcessLog, SERIES, sparkOf } from "./process_log.ts";
import { judgeContainers, judgeKernel, judgeProcesses, worst } from "./verdicts.ts";

const OVERVIEW_POINTS = 400;
const GROWS_MOST = 8;
/** Ranges that were looked at, kept as they were drawn: some 100 kB each. */
const MAX_SERIES = 8;

interface Overview {
  machine: SeriesReply;
  log: ProcessLog;
  caches: SlabRow[] | null;
  containers: ContainerRow[];
  suspects: Suspect[];
}

export class RecordedView implements View {
  readonly #end: number;
  #overview: Promise<Overview> | null = null;
  readonly #series = new Map<string, Promise<SeriesReply>>();

  constructor(readonly session: SessionEntry, readonly hideArguments: boolean) {
    this.#end = session.ended_at_seconds ?? Date.now() / 1000;
  }

  async now(): Promise<NowReply> {
    const { machine, log, suspects: all } = await this.#read();
    const suspects = all.filter(({ caused_by }) => caused_by === null);
    const { firing } = await this.alerts();
    const memory = compositionAt(machine);
    const rows = this.#present(log);
    return {
      view: this.#info(machine),
      time_seconds: machine.time_seconds.at(-1) ?? this.#end,
      sentence: sentence({
        memory,
        findings: suspects,
        alerts_firing: firing.length,
        watched_seconds: this.#end - this.session.started_at_seconds,
        needed_seconds: 0,
        available_per_hour: pacePerHour({
          time_seconds: machine.time_seconds,
          values: machine.columns["available_bytes"] ?? [],
        }),
        is_live: false,
      }),
      memory,
      memory_trend: null,
      is_judged: true,
      row: {},
      suspects,
      grows_most: rows
        .filter((row) => (row.growth_bytes_per_hour ?? 0) > 0)
        .sort((a, b) => b.growth_bytes_per_hour! - a.growth_bytes_per_hour!)
        .slice(0, GROWS_MOST),
      process_count: rows.length,
      alerts_firing: firing.length,
      unavailable: [],
    };
  }

  async series(columns: readonly string[], range: RangeQuery): Promise<SeriesReply> {
    const { from, to } = this.#bounds(range);
    const all = await this.#readSeries(from, to, range.points);
    const none = all.time_seconds.map(() => null);
    const pick = (source: SeriesReply["columns"], otherwise?: null[]) =>
      Object.fromEntries(columns.flatMap((name) => {
        const values = source[name] ?? otherwise;
        return values ? [[name, values]] : [];
      }));
    return { ...all, columns: pick(all.columns, none), low: pick(all.low), high: pick(all.high) };
  }

  /** A zoom and the way back from it, or a second viewer, read the log once: a day of it takes a quarter of a second. */
  #readSeries(from: number, to: number, points: number): Promise<SeriesReply> {
    const key = `${from} ${to} ${points}`;
    let read = this.#series.get(key);
    if (!read) {
      read = readMachineSeries(this.session, from, to, points);
      read.catch(() => this.#series.delete(key));
      this.#series.set(key, read);
      if (this.#series.size > MAX_SERIES) this.#series.delete(this.#series.keys().next().value!);
    }
    return read;
  }

  async processes(): Promise<ProcessesReply> {
    const { log } = await this.#read();
    const processes = this.#present(log);
    return { time_seconds: log.end_seconds, total: processes.length, processes };
  }

  async sparks(identities: readonly ProcessIdentity[]): Promise<SparksReply> {
    const { log } = await this.#read();
    return {
      sparks: Object.fromEntries(identities.flatMap(({ pid, start_ticks }) => {
        const key = `${pid}-${start_ticks}`;
        const process = log.processes.get(key);
        return process ? [[key, sparkOf(process)]] : [];
      })),
    };
  }

  async process({ pid, start_ticks }: ProcessIdentity, range: RangeQuery): Promise<ProcessReply | null> {
    const { log, suspects } = await this.#read();
    const process = log.processes.get(`${pid}-${start_ticks}`);
    if (!process) return null;
    const { from, to } = this.#bounds(range);
    const inRange = process.times.map((time) => time >= from && time <= to);
    const values = process.values.map((column) => column.filter((_, i) => inRange[i]));
    const rows = this.#present(log);
    return {
      time_seconds: log.end_seconds,
      process: process.row,
      is_gone: !isAtEnd(process, log),
      executable: null,
      started_at_seconds: process.started_at_seconds,
      cpu_seconds: null,
      parts: {
        anon_bytes: process.anon_bytes,
        shmem_bytes: null,
        file_bytes: process.anon_bytes === null
          ? null
          : Math.max(0, process.row.rss_bytes - process.anon_bytes),
        swap_bytes: process.row.swap_bytes,
        page_tables_bytes: null,
        peak_rss_bytes: null,
        pss_bytes: process.row.pss_bytes,
        uss_bytes: null,
      },
      descriptor_kinds: null,
      mappings: null,
      mapping_groups: null,
      parent: rows.find((row) => row.pid === process.row.ppid) ?? null,
      children: rows.filter((row) => row.ppid === pid),
      memory_verdict: null,
      suspects: suspects.filter(({ subject }) => subject.pid === pid && subject.start_ticks === start_ticks),
      series: seriesReply(SERIES, from, to, {
        time_seconds: process.times.filter((_, i) => inRange[i]),
        mean: values,
        low: values,
        high: values,
      }),
    };
  }

  async kernel(range: RangeQuery): Promise<KernelReply> {
    const { from, to } = this.#bounds(range);
    const { machine, caches, suspects } = await this.#read();
    const zones = await readZones(this.session, from, to);
    const memory = compositionAt(machine);
    return {
      time_seconds: this.#end,
      memory: null,
      memory_map: memory
        ? PARTS.flatMap(({ name, part, meaning }) => {
          const bytes = memory[part];
          return bytes === null ? [] : [{ name, bytes, meaning }];
        })
        : [],
      slab_caches: caches,
      zones,
      counts: {
        dying_cgroups: null,
        cgroups: null,
        network_namespaces: null,
        network_namespaces_visible: null,
        sockets: null,
        tcp_bytes: null,
        inodes: null,
        dentries: null,
        open_files: null,
      },
      huge_pages: null,
      shared_memory: null,
      swap_devices: null,
      suspects: suspects.filter(({ kind }) => kind.startsWith("kernel-")),
      unavailable: [],
    };
  }

  async containers(): Promise<ContainersReply> {
    const { containers, suspects } = await this.#read();
    return {
      time_seconds: this.#end,
      containers,
      units: [],
      engines: await readSpace(this.session),
      suspects: suspects.filter(({ kind }) => kind === "container-memory"),
      unavailable: [],
    };
  }

  async alerts(): Promise<AlertsReply> {
    const changes = await readAlerts(this.session);
    const last = new Map(changes.map((change) => [change.id, change]));
    const firing = [...last.values()].filter((alert) => alert.state === "firing");
    return {
      firing: firing.toReversed(),
      history: changes.filter((change) => !firing.includes(change)).toReversed(),
      rules: [],
    };
  }

  #read(): Promise<Overview> {
    return this.#overview ??= (async () => {
      const { from, to } = this.#bounds({ from: null, to: null, last: null, points: OVERVIEW_POINTS });
      const [machine, log, caches, containers] = await Promise.all([
        readMachineSeries(this.session, from, to, OVERVIEW_POINTS),
        readProcessLog(this.session, this.#end, this.hideArguments),
        readSlab(this.session),
        readContainers(this.session),
      ]);
      const suspects = worst([
        ...judgeProcesses(log),
        ...judgeKernel(machine, caches ?? []),
        ...judgeContainers(containers),
      ]);
      return { machine, log, caches, containers, suspects };
    })();
  }

  #bounds(range: RangeQuery): { from: number; to: number } {
    return boundsOf(range, this.session.started_at_seconds - 1, this.#end + 1);
  }

  #present(log: ProcessLog) {
    return [...log.processes.values()].filter((process) => isAtEnd(process, log)).map(({ row }) => row);
  }

  #info({ time_seconds }: SeriesReply): ViewInfo {
    const { id, info, started_at_seconds } = this.session;
    return {
      kind: "session",
      id,
      hostname: info?.hostname ?? "",
      kernel_release: info?.kernel_release ?? "",
      boot_time_seconds: null,
      from_seconds: started_at_seconds,
      to_seconds: Math.max(this.#end, time_seconds.at(-1) ?? 0),
      interval_seconds: info?.interval_seconds ?? 0,
    };
  }
}

const PARTS = [
  {
    name: "in use",
    part: "programs_bytes",
    meaning: "Programs, and of the kernel what the logs do not tell apart.",
  },
  { name: "slab", part: "slab_bytes", meaning: "Kernel objects such as inodes, dentries and sockets." },
  { name: "kernel", part: "kernel_bytes", meaning: "Page tables, vmalloc and per-CPU memory." },
  { name: "unaccounted", part: "unaccounted_bytes", meaning: "What no line of the kernel accounts for." },
  {
    name: "page cache",
    part: "cache_bytes",
    meaning: "File contents, and shared memory, which the kernel counts with them.",
  },
  { name: "free", part: "free_bytes", meaning: "Used by nobody." },
] as const;
