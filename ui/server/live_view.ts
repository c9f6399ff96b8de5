/** This machine now and since the page was first looked at, in constant memory. Observes the watch loop. */

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
  Verdict,
  ViewInfo,
} from "./api.ts";
import { alertsReply } from "./alert_rows.ts";
import { ViewerPresence } from "./viewer_presence.ts";
import { Broadcast } from "./broadcast.ts";
import { compose } from "./composition.ts";
import { containerRows, unitRows } from "./container_rows.ts";
import type { LiveDependencies } from "./ports.ts";
import { kernelReply } from "./kernel_reply.ts";
import { LiveHistory } from "./live_history.ts";
import { GAP_INTERVALS, MachineHistory } from "./machine_history.ts";
import { ProcessGrowth } from "./process_growth.ts";
import { LastSeen, processReply, processSeries } from "./process_reply.ts";
import { processRow } from "./process_rows.ts";
import { safeJson } from "./safe_json.ts";
import { sentence } from "./headline.ts";
import { machineColumnOf, sparkOf, suspectOf } from "./suspects.ts";
import type { ProcessIdentity, RangeQuery, View } from "./view.ts";

const MAX_SUSPECTS = 30;
/**
 * The process table is asked for every four seconds by each who looks at it. Viewers who ask at different moments get the same
 * table: thousands of rows take some 10 ms to make and to serialise.
 */
const TABLE_SECONDS = 3;

export class LiveView implements View {
  readonly audience = new ViewerPresence();
  readonly broadcast = new Broadcast();
  readonly #machine: MachineHistory;
  readonly #history = new LiveHistory();
  readonly #growth = new ProcessGrowth(this.#history);
  readonly #lastSeen = new LastSeen();
  readonly #deps: LiveDependencies;
  #sample: Sample | null = null;
  #watchedSince = NaN;
  #samples = 0;
  #observedAt = -Infinity;
  #now: NowReply | null = null;
  #processes: ProcessesReply | null = null;
  #suspects: Suspect[] | null = null;
  #waiting: (() => void)[] = [];

  constructor(dependencies: LiveDependencies) {
    this.#deps = dependencies;
    this.#machine = new MachineHistory(dependencies.interval_seconds);
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
    this.#machine.observe(sample);
    this.#history.observe(sample);
    if (Number.isNaN(this.#watchedSince)) this.#watchedSince = sample.time_seconds;
    this.#sample = sample;
    this.#samples++;
    this.#observedAt = performance.now();
    // Replies are made when somebody asks for them, once for all who do.
    this.#now = this.#suspects = null;
    for (const wake of this.#waiting.splice(0)) wake();
    if (this.broadcast.viewers > 0) this.broadcast.publish("now", safeJson(this.now()));
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
      boot_time_seconds: host?.boot_time_seconds ?? null,
      from_seconds: this.#machine.oldest_seconds,
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
    const process = this.#all.find((one) => one.pid === pid && one.start_ticks === start_ticks);
    if (!process) return this.#lastSeen.find(identity);
    const { pipeline, inspect } = this.#deps;
    return this.#lastSeen.keep(
      identity,
      processReply(process, {
        time_seconds: this.#sample!.time_seconds,
        all: this.#all,
        inspection: inspect?.(process) ?? null,
        memory_verdict: pipeline.memory_verdict?.(process) ?? null,
        suspects: this.suspects(),
        series: processSeries(this.#history, identity, this.#machine.bounds(range), range.points),
        rowOf: (one, whole) => this.#rowOf(one, whole),
      }),
    );
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
    return alertsReply(this.#deps.pipeline.alerts(), this.#deps.pipeline.rules());
  }

  /** Alerts for which there is no room, by severity. */
  alertsTurnedAway(): Readonly<Record<Severity, number>> | undefined {
    return this.#deps.pipeline.alerts_turned_away?.();
  }

  /** Verdicts of all findings, those beyond the suspects included. */
  verdicts(): Verdict[] {
    return this.#deps.pipeline.findings().map(({ verdict }) => verdict);
  }

  /** What grows, as the judge has it; the same array until the next sample. */
  suspects(): Suspect[] {
    const { pipeline } = this.#deps;
    return this.#suspects ??= pipeline.findings()
      .slice(0, MAX_SUSPECTS)
      .map((finding) =>
        suspectOf(
          finding,
          this.#sparkOf(finding),
          pipeline.trend?.(finding) ?? null,
          pipeline.cause?.(finding) ?? null,
        )
      );
  }

  get #all(): readonly ProcessSample[] {
    return this.#sample?.processes ?? [];
  }

  #makeNow(): NowReply {
    const { pipeline } = this.#deps;
    const sample = this.#sample;
    const memory = compose(sample?.memory ?? null);
    const suspects = this.suspects().filter(({ caused_by }) => caused_by === null);
    const alerts_firing = pipeline.alerts().filter((alert) => alert.state === "firing").length;
    const watched_seconds = sample ? sample.time_seconds - this.#watchedSince : 0;
    this.#growth.judged(this.suspects());
    return {
      view: this.info(),
      time_seconds: sample?.time_seconds ?? null,
      sentence: sentence({
        memory,
        findings: suspects,
        alerts_firing,
        watched_seconds,
        needed_seconds: pipeline.needed_seconds,
        available_per_hour: this.#machine.availablePace(),
        is_live: true,
      }),
      memory,
      memory_trend: pipeline.memory_trend?.() ?? null,
      is_judged: watched_seconds >= pipeline.needed_seconds,
      row: this.#machine.row,
      suspects,
      grows_most: this.#growth.most(this.#all).map((process) => this.#rowOf(process)),
      process_count: this.#all.length,
      alerts_firing,
      unavailable: sample?.unavailable ?? [],
    };
  }

  /** The series that a finding is about, from the history of its kind or from the machine's own columns. */
  #sparkOf(finding: Finding): Spark | null {
    if (finding.kind === "unit-memory") {
      const unit = this.#sample?.units.find(({ name }) => name === finding.subject.unit);
      return unit ? this.#history.units.spark(unit.cgroup) : null;
    }
    const column = machineColumnOf(finding);
    return column === null ? sparkOf(finding, this.#history) : this.#machine.spark(column);
  }

  #rowOf(process: ProcessSample, whole_command = false): ProcessRow {
    this.#growth.judged(this.suspects());
    return processRow(process, {
      verdict: this.#growth.verdict(process) ?? null,
      growth_bytes_per_hour: this.#growth.pace(process),
      hide_arguments: this.#deps.hide_arguments,
      whole_command,
    });
  }
}
