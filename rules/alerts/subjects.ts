/** Walks over all that rules can be about in one sample, and remembers of each what its rules need. */

import type { ContainerSample, Sample, UnitSample } from "../../model/sample.ts";
import type { Finding, OperationalError, Severity } from "../../model/finding.ts";
import type { GrowthReading, GrowthReadings, GrowthSource } from "../../model/growth_reading.ts";
import { processKey } from "../findings/process_series.ts";
import type { Context } from "./expression.ts";
import { ContainerFacts, UnitFacts } from "./bindings/cgroup.ts";
import { FindingFacts, findingSubject } from "./bindings/finding.ts";
import { KernelFacts } from "./bindings/kernel.ts";
import { ErrorFacts, OwnFacts, type OwnUse } from "./bindings/own.ts";
import { ProcessFacts, type ProcessTrack } from "./bindings/process.ts";
import { SystemFacts } from "./bindings/system.ts";
import { EngineEvents } from "./engine_events.ts";
import { OomKills } from "./oom_kills.ts";
import type { Scope } from "./variables.ts";

/** What the engine is told at each sample. */
export interface AlertInput {
  sample: Sample;
  /** null: not judged this time; alerts about findings stay as they are. */
  findings: readonly Finding[] | null;
  /** The detector, whose series the growth variables read; left out: growth is unknown. */
  growth?: GrowthSource;
  /** Logs that cannot be written. */
  log_errors?: readonly OperationalError[];
  /** Sinks that do not accept alerts. */
  sink_errors?: readonly OperationalError[];
  /** leakwatch's own use. */
  own?: OwnUse | null;
  /** Unix seconds; the sample's wall clock unless given. */
  now_seconds?: number;
}

/** Thousands of processes are looked at this often at most; a rule about one need not be quicker. */
const PROCESSES_EVERY_SECONDS = 5;
/** Samples come late or early by a little. */
const TIMER_SECONDS = 0.5;

/** Receives one subject; `name` is only asked for when it is needed. */
export type Target = (key: string, facts: Context, name: () => string) => void;

export class Subjects {
  #growthPeriod: number;
  #pass = 0;
  #processesDue = -Infinity;
  #processesNow = true;
  readonly #system = new SystemFacts();
  readonly #kernel = new KernelFacts();
  readonly #process = new ProcessFacts();
  readonly #container = new ContainerFacts();
  readonly #unit = new UnitFacts();
  readonly #finding = new FindingFacts();
  readonly #own: OwnFacts;
  readonly #error = new ErrorFacts();
  readonly #processes = new Map<number, ProcessTrack>();
  readonly #kills = new OomKills();
  readonly #engines = new EngineEvents();
  #input!: AlertInput;

  constructor(growthPeriodSeconds: number) {
    this.#growthPeriod = growthPeriodSeconds;
    this.#own = new OwnFacts(growthPeriodSeconds);
    this.#process.growthOf = (key) => this.#growthOf(key);
  }

  set growth_period_seconds(seconds: number) {
    this.#growthPeriod = this.#own.growth_period_seconds = seconds;
  }

  set turned_away(count: Readonly<Record<Severity, number>>) {
    this.#own.alerts_turned_away = count.critical + count.warning + count.info;
  }

  /** As of the last sample. */
  get growth(): GrowthReadings {
    return {
      ...this.#kernel.growth,
      own: this.#own.growth,
      process: (pid, start_ticks) => {
        const track = this.#processes.get(pid);
        return track?.start_ticks === start_ticks ? this.#growthOf(track.series_key) : null;
      },
    };
  }

  /** Looks at an input without moving on: the sample was taken in before. */
  use(input: AlertInput): void {
    this.#input = input;
  }

  /** Takes a sample in; baselines and rates move on. */
  track(input: AlertInput): void {
    const { sample } = input;
    this.#input = input;
    this.#system.track(sample);
    this.#kernel.use(sample, (key) => this.#growthOf(key));
    this.#own.track(input.own ?? null, sample.time_seconds, sample.discontinuity);
    this.#trackProcesses(sample);
    this.#kills.track(sample);
    this.#engines.track(sample.containers);
  }

  #trackProcesses(sample: Sample): void {
    this.#processesNow = sample.discontinuity || sample.time_seconds >= this.#processesDue;
    if (!this.#processesNow) return;
    this.#processesDue = sample.time_seconds + PROCESSES_EVERY_SECONDS - TIMER_SECONDS;
    const tracks = this.#processes, pass = ++this.#pass;
    for (const process of sample.processes) {
      if (process.is_kernel_thread) continue;
      const { pid, start_ticks, exec_count } = process;
      let track = tracks.get(pid);
      if (track?.start_ticks !== start_ticks || track.exec_count !== exec_count) {
        const series_key = processKey(pid, start_ticks, exec_count, "memory");
        track = { key: `${pid}:${start_ticks}`, series_key, start_ticks, exec_count, pass };
        tracks.set(pid, track);
      }
      track.pass = pass;
    }
    for (const [pid, track] of tracks) if (track.pass !== pass) tracks.delete(pid);
  }

  #growthOf(key: string): GrowthReading | null {
    return this.#input.growth?.growthOf(key, this.#growthPeriod) ?? null;
  }

  /** Has the processes of the sample looked at, due or not. */
  evaluateProcesses(): void {
    if (this.#processesNow) return;
    this.#processesDue = -Infinity;
    this.#trackProcesses(this.#input.sample);
  }

  /** Why the condition about a subject does not hold any more, where that is known; empty where it is not. */
  reasonOf(scope: Scope, key: string): string {
    if (scope !== "finding") return "";
    const { findings, sample } = this.#input;
    const withdrawn = findings?.find((finding) => finding.key === key)?.withdrawn;
    if (withdrawn) return `withdrawn: ${withdrawn}`;
    const [, pid, start] = /\|(\d+):(\d+):/.exec(key) ?? [];
    const isThere = sample.processes.some((process) =>
      process.pid === Number(pid) && process.start_ticks === Number(start)
    );
    return pid !== undefined && !isThere ? "the process ended" : "";
  }

  /** Visits all subjects of the scope; false where the scope was not looked at this time. */
  forEachTarget(scope: Scope, forEachTarget: Target): boolean {
    const { findings, log_errors, sink_errors } = this.#input;
    switch (scope) {
      case "system":
        forEachTarget("system", this.#system, () => "system");
        return true;
      case "kernel":
        forEachTarget("kernel", this.#kernel, () => "kernel");
        return true;
      case "self":
        forEachTarget("self", this.#own, () => "leakwatch");
        return true;
      case "process":
        if (!this.#processesNow) return false;
        this.#forEachProcess(forEachTarget);
        return true;
      case "container":
        this.#forEachContainer(forEachTarget);
        return true;
      case "unit":
        this.#forEachUnit(forEachTarget);
        return true;
      case "finding":
        if (findings === null) return false;
        for (const finding of findings) {
          this.#finding.finding = finding;
          const { key, caused_by } = finding;
          this.#finding.cause = caused_by === null
            ? undefined
            : findings.find((other) => other.key === caused_by);
          forEachTarget(key, this.#finding, () => findingSubject(finding));
        }
        return true;
      case "log":
        return this.#forEachError(log_errors, forEachTarget);
      case "sink":
        return this.#forEachError(sink_errors, forEachTarget);
    }
  }

  /** Those that are there, and those that were killed and are gone. */
  #forEachContainer(forEachTarget: Target): void {
    const facts = this.#container, present = new Set<string>();
    const see = (container: ContainerSample) => {
      facts.container = container;
      facts.oom_kills_new = known(this.#kills.gained(container.cgroup), this.#engines.kills(container.id));
      facts.restarts_new = this.#engines.restarts(container.id);
      forEachTarget(container.id, facts, () => facts.name);
    };
    for (const container of this.#input.sample.containers) {
      present.add(container.id);
      see(container);
    }
    for (const ghost of this.#kills.ghosts()) if ("id" in ghost && !present.has(ghost.id)) see(ghost);
  }

  /** A unit is known by its cgroup: the system and every user may have one of the same name. */
  #forEachUnit(forEachTarget: Target): void {
    const facts = this.#unit;
    const ghosts = this.#kills.ghosts().filter((ghost) => !("id" in ghost)) as UnitSample[];
    for (const unit of [...this.#input.sample.units, ...ghosts]) {
      facts.unit = unit;
      facts.oom_kills_new = this.#kills.gained(unit.cgroup);
      forEachTarget(unit.cgroup, facts, () => facts.name);
    }
  }

  #forEachProcess(forEachTarget: Target): void {
    const facts = this.#process;
    const name = () => `${facts.process.name} (${facts.process.pid})`;
    facts.own_pid = this.#input.own?.pid ?? -1;
    facts.wall_seconds = this.#input.sample.wall_seconds;
    for (const process of this.#input.sample.processes) {
      if (process.is_kernel_thread) continue;
      facts.process = process;
      facts.track = this.#processes.get(process.pid)!;
      forEachTarget(facts.track.key, facts, name);
    }
  }

  #forEachError(errors: readonly OperationalError[] | undefined, forEachTarget: Target): boolean {
    if (errors === undefined) return false;
    for (const trouble of errors) {
      this.#error.error = trouble;
      forEachTarget(trouble.name, this.#error, () => trouble.name);
    }
    return true;
  }
}

/** The sum of what can be said. */
const known = (a: number, b: number): number => Number.isNaN(a) && b === 0 ? NaN : (a || 0) + b;
