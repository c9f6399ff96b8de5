/**
 * A machine as the page's screens show it: now and since it is watched, in constant memory. Live or recorded is a matter of who
 * hands it the evaluations.
 */

import type { Evaluation } from "../../model/evaluation.ts";
import type { GrowthReadings } from "../../model/growth_reading.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
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
  Severity,
  Spark,
  SparksReply,
  Suspect,
  SuspectsReply,
  Verdict,
  ViewInfo,
} from "./api.ts";
import { alertsReply } from "./alert_rows.ts";
import { compose } from "./composition.ts";
import { containerRows, unitRows } from "./container_rows.ts";
import type { HistoryUse, MachineViewPorts, OwnProcess } from "./ports.ts";
import { kernelReply } from "./kernel_reply.ts";
import { GroupHistory } from "./history/group_history.ts";
import { MachineHistory } from "./history/machine_history.ts";
import { ProcessGrowth } from "./history/process_growth.ts";
import { LastSeen, processReply, processSeries } from "./process_reply.ts";
import { processRow } from "./process_rows.ts";
import { headline } from "./headline.ts";
import { programTitle } from "../../model/program_title.ts";
import { machineColumnOf, sparkOf, suspectOf } from "./suspects.ts";
import type { ProcessIdentity, RangeQuery, View } from "./view.ts";

const NOTHING_YET = { findings: [], alerts: [], changes: [] } as unknown as Evaluation;
/** Those sent with every sample, with what is needed to draw them; the rest is asked for. */
const MAX_DRAWN_SUSPECTS = 30;
const MAX_RECORDED = 6000;
/** As many as the inspector remembers, and no larger than can be read in about a tenth of a second. */
const MAX_LOOKED_AT = 32;
const MAX_LOOKED_AT_BYTES = 4 * 1024 ** 3;
/**
 * The process table is asked for every four seconds by each who looks at it. Viewers who ask at different moments get the same
 * table: thousands of rows take some 10 ms to make and to serialise.
 */
const TABLE_SECONDS = 3;

/** Without those that only show the growth of another. */
const standingAlone = (suspects: readonly Suspect[]): Suspect[] =>
  suspects.filter(({ caused_by }) => caused_by === null);

export class MachineView implements View {
  readonly #machine: MachineHistory;
  readonly #history: GroupHistory;
  readonly #growth: ProcessGrowth;
  readonly #lastSeen = new LastSeen();
  /** All that a recording names, with their last values. */
  readonly #recorded = new Map<string, ProcessSample>();
  readonly #deps: MachineViewPorts;
  #evaluation: Evaluation = NOTHING_YET;
  #sample: Sample | null = null;
  #watchedSince = NaN;
  #samples = 0;
  #now: NowReply | null = null;
  #processes: ProcessesReply | null = null;
  #suspects: Suspect[] | null = null;
  /** Suspects whose mappings were read. */
  readonly #lookedAt = new Set<string>();

  constructor(dependencies: MachineViewPorts) {
    this.#deps = dependencies;
    const { session, interval_seconds } = dependencies;
    const seconds = session && session.to_seconds - session.from_seconds;
    this.#machine = new MachineHistory(interval_seconds, seconds);
    this.#history = new GroupHistory(seconds);
    this.#growth = new ProcessGrowth(this.#history);
  }

  get samples(): number {
    return this.#samples;
  }

  /** The newest one; the next pass overwrites it. */
  get sample(): Sample | null {
    return this.#sample;
  }

  /** Takes what it needs from the sample, which the next pass overwrites. */
  observe(evaluation: Evaluation): void {
    const { sample } = evaluation;
    this.#machine.observe(sample);
    this.#history.observe(sample);
    if (!this.#isLive) this.#remember(sample.processes);
    if (Number.isNaN(this.#watchedSince)) this.#watchedSince = sample.time_seconds;
    this.#samples++;
    this.show(evaluation);
    if (this.#isLive) this.#lookAtSuspects(evaluation.findings);
  }

  /** A suspect's mappings are read when it becomes one, so that who opens it later sees which of them grew since. */
  #lookAtSuspects(findings: readonly Finding[]): void {
    for (const { kind, subject } of findings) {
      const { pid, start_ticks } = subject;
      if (kind !== "process-memory" || pid === null || start_ticks === null) continue;
      const key = processKey({ pid, start_ticks });
      if (this.#lookedAt.has(key) || this.#lookedAt.size >= MAX_LOOKED_AT) continue;
      const process = this.#all.find((one) => one.pid === pid && one.start_ticks === start_ticks);
      if (!process || process.rss_bytes > MAX_LOOKED_AT_BYTES) continue;
      this.#lookedAt.add(key);
      this.#deps.inspect?.(process);
      // One a sample: reading mappings takes milliseconds for each gigabyte.
      return;
    }
  }

  /** Shows what is said of the sample that was observed last. */
  show(evaluation: Evaluation): void {
    this.#evaluation = evaluation;
    this.#sample = evaluation.sample;
    // Replies are made when somebody asks for them, once for all who do.
    this.#now = this.#suspects = null;
  }

  info(): ViewInfo {
    const host = this.#sample?.host;
    return {
      kind: this.#isLive ? "live" : "session",
      id: this.#deps.session?.id ?? null,
      hostname: host?.hostname ?? "",
      kernel_release: host?.kernel_release ?? "",
      boot_time_seconds: host?.boot_time_seconds ?? null,
      from_seconds: this.#deps.session?.from_seconds ?? this.#machine.oldest_seconds,
      to_seconds: this.#machine.newest_seconds,
      interval_seconds: this.#deps.interval_seconds,
    };
  }

  now(): NowReply {
    return this.#now ??= this.#makeNow();
  }

  series(columns: readonly string[], range: RangeQuery): SeriesReply {
    return this.#machine.series(columns, range);
  }

  processes(): ProcessesReply {
    const time_seconds = this.#sample?.time_seconds ?? null;
    const age = (time_seconds ?? 0) - (this.#processes?.time_seconds ?? 0);
    if (this.#processes && age >= 0 && age < TABLE_SECONDS) return this.#processes;
    return this.#processes = {
      time_seconds,
      total: this.#all.length,
      processes: this.#all.map((process) => this.#rowOf(process)),
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
    const { pid, start_ticks } = identity;
    const present = this.#all.find((one) => one.pid === pid && one.start_ticks === start_ticks);
    const process = present ?? this.#recorded.get(processKey(identity));
    if (!process) return this.#lastSeen.find(identity);
    const { pipeline, inspect } = this.#deps;
    return this.#lastSeen.keep(identity, {
      ...processReply(process, {
        time_seconds: this.#sample!.time_seconds,
        all: this.#all,
        inspection: inspect?.(process) ?? null,
        memory_verdict: pipeline.memory_verdict?.(process) ?? null,
        suspects: this.suspects(),
        profiles: this.#deps.profiles?.() ?? [],
        series: processSeries(this.#history, identity, this.#machine.bounds(range), range.points),
        rowOf: (one, whole) => this.#rowOf(one, whole),
      }),
      is_gone: present === undefined,
    });
  }

  kernel(range: RangeQuery): KernelReply {
    return kernelReply(
      this.#sample,
      this.suspects(),
      this.#history,
      { ...range, ...this.#machine.bounds(range) },
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
    const { pipeline } = this.#deps;
    return alertsReply(
      [...this.#evaluation.alerts, ...pipeline.resolvedAlerts?.() ?? []],
      pipeline.rules(),
    );
  }

  growth(): GrowthReadings | undefined {
    return this.#deps.pipeline.growth?.();
  }

  own(): OwnProcess | undefined {
    return this.#deps.own?.();
  }

  /** Alerts for which there is no room, by severity. */
  alertsTurnedAway(): Readonly<Record<Severity, number>> | undefined {
    return this.#deps.pipeline.alerts_turned_away?.();
  }

  historyUse(): HistoryUse | undefined {
    return this.#deps.pipeline.history_use?.();
  }

  /** Verdicts of all findings, those beyond the suspects included. */
  verdicts(): Verdict[] {
    return this.#evaluation.findings.map(({ verdict }) => verdict);
  }

  moreSuspects(): SuspectsReply {
    return { suspects: standingAlone(this.suspects()).slice(MAX_DRAWN_SUSPECTS) };
  }

  /** What grows, the worst first, as the pipeline has it; the same array until the next sample. */
  suspects(): Suspect[] {
    return this.#suspects ??= this.#makeSuspects();
  }

  #remember(processes: readonly ProcessSample[]): void {
    for (const process of processes) {
      if (process.is_stale || this.#recorded.size >= MAX_RECORDED) continue;
      this.#recorded.set(processKey(process), process);
    }
  }

  get #isLive(): boolean {
    return this.#deps.session === undefined;
  }

  #makeSuspects(): Suspect[] {
    const { pipeline } = this.#deps;
    const { findings } = this.#evaluation;
    return findings.map((finding, i) => ({
      ...suspectOf(
        finding,
        i < MAX_DRAWN_SUSPECTS ? this.#sparkOf(finding) : null,
        i < MAX_DRAWN_SUSPECTS ? pipeline.trend?.(finding) ?? null : null,
        finding.caused_by === null ? null : findings.find(({ key }) => key === finding.caused_by) ?? null,
        this.#titleOf(finding),
      ),
      // How long it would have taken says nothing once it is past, and nothing can be typed about it.
      ...(this.#isLive ? {} : { time_to_limit_seconds: null, next_step: "", next_steps: [] }),
    }));
  }

  #titleOf({ subject }: Finding): string {
    const { pid, name, container } = subject;
    if (pid === null) {
      const known = this.#sample?.containers.find(({ id }) => id === container);
      return known?.name ?? name;
    }
    const process = this.#all.find((one) => one.pid === pid && one.start_ticks === subject.start_ticks);
    return programTitle(name, this.#deps.hide_arguments ? null : process?.command ?? null);
  }

  get #all(): readonly ProcessSample[] {
    return this.#sample?.processes ?? [];
  }

  #makeNow(): NowReply {
    const { pipeline } = this.#deps;
    const sample = this.#sample;
    const memory = compose(sample?.memory ?? null);
    const suspects = standingAlone(this.suspects());
    const alerts_firing = this.#evaluation.alerts.filter((alert) => alert.state === "firing").length;
    const watched_seconds = sample ? sample.time_seconds - this.#watchedSince : 0;
    this.#growth.judged(this.suspects());
    return {
      view: this.info(),
      time_seconds: sample?.time_seconds ?? null,
      headline: headline({
        memory,
        findings: suspects,
        alerts_firing,
        watched_seconds,
        needed_seconds: pipeline.needed_seconds,
        available_per_hour: this.#machine.availableRatePerHour(),
        is_live: this.#isLive,
      }),
      memory,
      memory_trend: pipeline.memory_trend?.() ?? null,
      is_classified: watched_seconds >= pipeline.needed_seconds,
      row: this.#machine.row,
      suspects: suspects.slice(0, MAX_DRAWN_SUSPECTS),
      more_suspects: Math.max(0, suspects.length - MAX_DRAWN_SUSPECTS),
      grows_most: this.#growth.most(this.#all).map((process) => this.#rowOf(process)),
      process_count: this.#all.length,
      alerts_firing,
      unavailable: sample?.unavailable ?? [],
    };
  }

  /** The series that a finding is about, from the history of its kind or from the machine's own columns. */
  #sparkOf(finding: Finding): Spark | null {
    if (finding.kind === "unit-memory") {
      const unit = this.#sample?.units.find(({ cgroup }) => cgroup === finding.subject.cgroup);
      return unit ? this.#history.units.spark(unit.cgroup) : null;
    }
    const column = machineColumnOf(finding);
    return column === null ? sparkOf(finding, this.#history) : this.#machine.spark(column);
  }

  #rowOf(process: ProcessSample, whole_command = false): ProcessRow {
    this.#growth.judged(this.suspects());
    return processRow(process, {
      verdict: this.#growth.verdict(process) ?? null,
      growth_bytes_per_hour: this.#growth.ratePerHour(process),
      hide_arguments: this.#deps.hide_arguments,
      whole_command,
    });
  }
}
