/** This machine now and since the page was first looked at, in constant memory. Observes the watch loop. */

import type { ProcessSample, Sample } from "../../collectors/sample.ts";
import { processKey } from "./api.ts";
import type {
  AlertsReply,
  ContainersReply,
  Finding,
  KernelReply,
  NowReply,
  ProcessesReply,
  ProcessReply,
  ProcessRow,
  SeriesReply,
  Spark,
  SparksReply,
  Suspect,
  ViewInfo,
} from "./api.ts";
import { alertsReply } from "./alert_rows.ts";
import { Audience } from "./audience.ts";
import { Broadcast } from "./broadcast.ts";
import { ColumnReader, MACHINE_COLUMN_NAMES, MACHINE_COLUMNS } from "./columns.ts";
import { compose } from "./composition.ts";
import { containerRows, unitRows } from "./container_rows.ts";
import type { Inspection, LiveDependencies } from "./dependencies.ts";
import { kernelReply } from "./kernel_reply.ts";
import { LiveHistory, PROCESS_COLUMNS } from "./live_history.ts";
import { processRow } from "./process_rows.ts";
import { sentence } from "./sentence.ts";
import { seriesReply } from "./series_reply.ts";
import { pacePerHour } from "./slope.ts";
import {
  isAbout,
  machineColumnOf,
  type ProcessVerdict,
  sparkOf,
  suspectOf,
  verdictsByProcess,
} from "./suspects.ts";
import { Tiers } from "./tiers.ts";
import { boundsOf, type ProcessIdentity, type RangeQuery, type View } from "./view.ts";

/** 20 minutes as sampled at 1 s or slower, 6 h at 15 s, 24 h at a minute, two weeks at ten. */
const MACHINE_TIERS = [
  { step_seconds: 0, capacity: 1200 },
  { step_seconds: 15, capacity: 1440 },
  { step_seconds: 60, capacity: 1440 },
  { step_seconds: 600, capacity: 2016 },
];
/** A hole this many intervals long is drawn as one. */
const GAP_INTERVALS = 4;
const GROWS_MOST = 8;
const MOST_SUSPECTS = 30;
const MOST_CHILDREN = 200;
const MOST_SEEN = 16;
const SPARK_POINTS = 60;

export class LiveView implements View {
  readonly audience = new Audience();
  readonly broadcast = new Broadcast();
  readonly #machine = new Tiers(MACHINE_COLUMNS.length, MACHINE_TIERS, { precise: true, extremes: true });
  readonly #columns = new ColumnReader();
  readonly #history = new LiveHistory();
  readonly #deps: LiveDependencies;
  #sample: Sample | null = null;
  #row: Record<string, number | null> = {};
  #watchedSince = NaN;
  #samples = 0;
  #now: NowReply | null = null;
  #processes: ProcessesReply | null = null;
  #suspects: Suspect[] | null = null;
  #verdicts: Map<string, ProcessVerdict> | null = null;
  /** The last detail of processes that were looked at, for when they are gone. */
  readonly #seen = new Map<string, ProcessReply>();
  #waiting: (() => void)[] = [];
  #observedAt = -Infinity;

  constructor(dependencies: LiveDependencies) {
    this.#deps = dependencies;
  }

  get samples(): number {
    return this.#samples;
  }

  /** The newest one; the next pass overwrites it. */
  get sample(): Sample | null {
    return this.#sample;
  }

  /** Takes what it needs from the sample, which the next pass overwrites; tells the viewers. */
  observe(sample: Sample): void {
    const { time_seconds: time } = sample;
    const newest = this.#machine.newest_seconds;
    const isGap = sample.gap_before ||
      (newest !== null && time - newest > this.#deps.interval_seconds * GAP_INTERVALS);
    const values = this.#columns.read(sample);
    if (isGap && newest !== null) this.#machine.gap(newest + 0.001);
    this.#machine.push(time, values);
    this.#history.observe(sample);
    this.#row = Object.fromEntries(
      MACHINE_COLUMN_NAMES.map((name, i) => [name, Number.isNaN(values[i]!) ? null : values[i]!]),
    );
    if (Number.isNaN(this.#watchedSince)) this.#watchedSince = time;
    this.#sample = sample;
    this.#observedAt = performance.now();
    this.#samples++;
    this.#now =
      this.#processes =
      this.#suspects =
      this.#verdicts =
        null;
    for (const wake of this.#waiting.splice(0)) wake();
    if (this.broadcast.viewers > 0) this.broadcast.publish("now", JSON.stringify(this.now()));
    else this.broadcast.expire();
  }

  /** Whether the newest sample is of now: while nobody looks none is taken, and what was true then is no answer. */
  isFresh(): boolean {
    return performance.now() - this.#observedAt < this.#deps.interval_seconds * GAP_INTERVALS * 1000;
  }

  /** Resolves once there is a fresh sample; gives up after a while, for then there is something worse to say. */
  ready(patience_seconds = 5): Promise<void> {
    this.audience.touch();
    if (this.isFresh()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience_seconds * 1000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    this.broadcast.close();
  }

  info(): ViewInfo {
    const host = this.#sample?.host;
    return {
      kind: "live",
      id: null,
      hostname: host?.hostname ?? "",
      kernel_release: host?.kernel_release ?? "",
      booted_at_seconds: host?.booted_at_seconds ?? null,
      from_seconds: this.#machine.oldest_seconds,
      to_seconds: this.#machine.newest_seconds,
      interval_seconds: this.#deps.interval_seconds,
    };
  }

  now(): NowReply {
    if (this.#now) return this.#now;
    const sample = this.#sample;
    const memory = compose(sample?.memory ?? null);
    const suspects = this.suspects();
    const alerts_firing = this.#deps.judge.alerts().filter((alert) => alert.state === "firing").length;
    return this.#now = {
      view: this.info(),
      time_seconds: sample?.time_seconds ?? null,
      sentence: sentence({
        memory,
        findings: suspects,
        alerts_firing,
        watched_seconds: this.#watched(),
        needed_seconds: this.#deps.judge.needed_seconds,
        available_per_hour: this.#availablePace(),
        is_live: true,
      }),
      memory,
      memory_trend: this.#deps.judge.memory_trend?.() ?? null,
      is_judged: this.#watched() >= this.#deps.judge.needed_seconds,
      row: this.#row,
      suspects,
      grows_most: this.#growsMost(),
      process_count: sample?.processes.length ?? 0,
      alerts_firing,
      unavailable: sample?.unavailable ?? [],
    };
  }

  series(columns: readonly string[], range: RangeQuery): SeriesReply {
    const { from, to } = this.#bounds(range);
    const indices = columns.map((name) => MACHINE_COLUMN_NAMES.indexOf(name));
    return seriesReply(columns, from, to, this.#machine.read(from, to, range.points, indices));
  }

  processes(): ProcessesReply {
    return this.#processes ??= {
      time_seconds: this.#sample?.time_seconds ?? null,
      total: this.#sample?.processes.length ?? 0,
      processes: this.#sample?.processes.map((process) => this.#rowOf(process)) ?? [],
    };
  }

  sparks(identities: readonly ProcessIdentity[]): SparksReply {
    return {
      sparks: Object.fromEntries(identities.flatMap((identity) => {
        const spark = this.#history.processes.spark(processKey(identity));
        return spark ? [[processKey(identity), spark]] : [];
      })),
    };
  }

  process(identity: ProcessIdentity, range: RangeQuery): ProcessReply | null {
    const process = this.#find(identity);
    if (!process) {
      const last = this.#seen.get(processKey(identity));
      return last ? { ...last, is_gone: true } : null;
    }
    const inspection: Inspection | null = this.#deps.inspect?.(process) ?? null;
    const row = this.#rowOf(process, true);
    const all = this.#sample!.processes;
    const parent = all.find((other) => other.pid === process.ppid);
    const reply: ProcessReply = {
      time_seconds: this.#sample!.time_seconds,
      process: row,
      is_gone: false,
      executable: process.executable,
      started_at_seconds: process.started_at_seconds,
      cpu_seconds: process.cpu_seconds,
      parts: {
        anon_bytes: process.anon_bytes,
        shmem_bytes: process.shmem_bytes,
        file_bytes: Math.max(0, process.shared_bytes - (process.shmem_bytes ?? 0)),
        swap_bytes: process.swap_bytes,
        page_tables_bytes: process.page_tables_bytes,
        peak_rss_bytes: process.peak_rss_bytes,
        pss_bytes: inspection?.pss_bytes ?? process.pss_bytes,
        uss_bytes: inspection?.uss_bytes ?? process.uss_bytes,
      },
      descriptor_kinds: inspection?.descriptor_kinds ?? process.descriptor_kinds,
      mappings: process.mappings,
      mapping_groups: inspection?.mapping_groups ?? null,
      parent: parent ? this.#rowOf(parent) : null,
      children: all.filter((other) => other.ppid === process.pid).slice(0, MOST_CHILDREN)
        .map((other) => this.#rowOf(other)),
      memory_verdict: this.#deps.judge.memory_verdict?.(process) ?? null,
      suspects: this.suspects().filter((suspect) => isAbout(suspect, process)),
      series: this.#processSeries(processKey(process), range),
    };
    this.#seen.delete(processKey(process));
    this.#seen.set(processKey(process), reply);
    if (this.#seen.size > MOST_SEEN) this.#seen.delete(this.#seen.keys().next().value!);
    return reply;
  }

  kernel(range: RangeQuery): KernelReply {
    return kernelReply(
      this.#sample,
      this.suspects(),
      this.#history,
      { ...range, ...this.#bounds(range) },
      this.#deps.memory_map,
    );
  }

  containers(_range: RangeQuery): ContainersReply {
    const sample = this.#sample;
    const suspects = this.suspects();
    return {
      time_seconds: sample?.time_seconds ?? null,
      containers: containerRows(sample?.containers ?? [], suspects, this.#history),
      units: unitRows(sample?.units ?? [], suspects, this.#history),
      engines: sample?.engines ?? [],
      suspects: suspects.filter(({ kind }) => kind === "container-memory" || kind === "unit-memory"),
      unavailable: sample?.unavailable ?? [],
    };
  }

  alerts(): AlertsReply {
    return alertsReply(this.#deps.judge.alerts(), this.#deps.judge.rules());
  }

  /** What grows, as the judge has it; the same array until the next sample. */
  suspects(): Suspect[] {
    return this.#suspects ??= this.#deps.judge.findings()
      .slice(0, MOST_SUSPECTS)
      .map((finding) =>
        suspectOf(finding, this.#sparkOf(finding), this.#deps.judge.trend?.(finding) ?? null)
      );
  }

  /** The series that a finding is about, from the history of its kind or from the machine's own columns. */
  #sparkOf(finding: Finding): Spark | null {
    const column = machineColumnOf(finding);
    if (finding.kind === "unit-memory") {
      const unit = this.#sample?.units.find(({ name }) => name === finding.subject.unit);
      return unit ? this.#history.units.spark(unit.cgroup) : null;
    }
    if (column === null) return sparkOf(finding, this.#history);
    const { oldest_seconds: from, newest_seconds: to } = this.#machine;
    if (from === null || to === null) return null;
    const { time_seconds, mean } = this.#machine.read(from, to, SPARK_POINTS, [
      MACHINE_COLUMN_NAMES.indexOf(column),
    ]);
    return { time_seconds, values: mean[0]! };
  }

  #watched(): number {
    return this.#sample ? this.#sample.time_seconds - this.#watchedSince : 0;
  }

  #find({ pid, start_ticks }: ProcessIdentity): ProcessSample | undefined {
    return this.#sample?.processes.find((process) =>
      process.pid === pid && process.start_ticks === start_ticks
    );
  }

  #verdict(process: ProcessSample): ProcessVerdict | undefined {
    this.#verdicts ??= verdictsByProcess(this.suspects());
    return this.#verdicts.get(processKey(process));
  }

  /** What a verdict says goes before plain arithmetic. */
  #growth(process: ProcessSample): number | null {
    return this.#verdict(process)?.growth_bytes_per_hour ??
      this.#history.processes.pace(processKey(process));
  }

  #rowOf(process: ProcessSample, whole_command = false): ProcessRow {
    return processRow(process, {
      verdict: this.#verdict(process)?.verdict ?? null,
      growth_bytes_per_hour: this.#growth(process),
      hide_arguments: this.#deps.hide_arguments,
      whole_command,
    });
  }

  #growsMost(): ProcessRow[] {
    return (this.#sample?.processes ?? [])
      .map((process) => ({ process, growth: this.#growth(process) ?? 0 }))
      .filter(({ growth }) => growth > 0)
      .sort((a, b) => b.growth - a.growth)
      .slice(0, GROWS_MOST)
      .map(({ process }) => this.#rowOf(process));
  }

  #bounds(range: RangeQuery): { from: number; to: number } {
    return boundsOf(range, this.#machine.oldest_seconds ?? 0, this.#machine.newest_seconds ?? 0);
  }

  #processSeries(key: string, query: RangeQuery): SeriesReply {
    const { from, to } = this.#bounds(query);
    const range = this.#history.processes.read(key, from, to, query.points);
    const none = { time_seconds: [], mean: [[], [], [], []], low: [[], [], [], []], high: [[], [], [], []] };
    const { time_seconds: times } = range ?? none;
    return seriesReply(PROCESS_COLUMNS, times[0] ?? 0, times.at(-1) ?? 0, range ?? none);
  }

  /** Growth of the available memory per hour over the last quarter of an hour. */
  #availablePace(): number | null {
    const newest = this.#machine.newest_seconds;
    if (newest === null) return null;
    const column = MACHINE_COLUMN_NAMES.indexOf("available_bytes");
    const { time_seconds, mean } = this.#machine.read(newest - 900, newest, 90, [column]);
    // Minutes of ordinary coming and going are no pace.
    if (newest - (time_seconds[0] ?? newest) < 120) return null;
    return pacePerHour({ time_seconds, values: mean[0]! });
  }
}
