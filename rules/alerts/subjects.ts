/** Walks over all that rules can be about in one sample, and remembers of each what its rules need. */

import type { Sample } from "../../model/sample.ts";
import type { Finding, OperationalError } from "../../model/finding.ts";
import type { Context } from "./expression.ts";
import { ContainerFacts, UnitFacts } from "./bindings/cgroup.ts";
import { FindingFacts, findingSubject } from "./bindings/finding.ts";
import { KernelFacts } from "./bindings/kernel.ts";
import { OwnFacts, type OwnUse, TroubleFacts } from "./bindings/own.ts";
import { ProcessFacts, ProcessTrack } from "./bindings/process.ts";
import { SystemFacts } from "./bindings/system.ts";
import { GrowthClock } from "./growth.ts";
import { CounterStep } from "./rate.ts";
import type { Scope } from "./variables.ts";

/** What the engine is told at each sample. */
export interface AlertInput {
  sample: Sample;
  /** null: not judged this time; alerts about findings stay as they are. */
  findings: readonly Finding[] | null;
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
  readonly #clock: GrowthClock;
  readonly #processClock: GrowthClock;
  #processesDue = -Infinity;
  #processesNow = true;
  #gapSinceProcesses = false;
  readonly #system = new SystemFacts();
  readonly #kernel: KernelFacts;
  readonly #process = new ProcessFacts();
  readonly #container = new ContainerFacts();
  readonly #unit = new UnitFacts();
  readonly #finding = new FindingFacts();
  readonly #own: OwnFacts;
  readonly #trouble = new TroubleFacts();
  readonly #processes = new Map<number, ProcessTrack>();
  readonly #containerKills = new Map<string, CounterStep>();
  readonly #unitKills = new Map<string, CounterStep>();
  #input!: AlertInput;

  constructor(growthPeriodSeconds: number) {
    this.#clock = new GrowthClock(growthPeriodSeconds);
    this.#processClock = new GrowthClock(growthPeriodSeconds);
    this.#kernel = new KernelFacts(this.#clock);
    this.#own = new OwnFacts(this.#clock);
  }

  set growth_period_seconds(seconds: number) {
    this.#clock.period_seconds = this.#processClock.period_seconds = seconds;
  }

  /** Looks at an input without moving on: the sample was taken in before. */
  use(input: AlertInput): void {
    this.#input = input;
  }

  /** Takes a sample in; baselines and rates move on. */
  track(input: AlertInput): void {
    const { sample } = input;
    this.#input = input;
    this.#clock.advance(sample.time_seconds, sample.discontinuity);
    this.#system.track(sample);
    this.#kernel.track(sample);
    this.#own.track(input.own ?? null, sample.time_seconds, sample.discontinuity);
    this.#trackProcesses(sample);
    trackKills(this.#containerKills, sample.containers, (container) => container.id);
    trackKills(this.#unitKills, sample.units, (unit) => unit.name);
  }

  #trackProcesses(sample: Sample): void {
    this.#gapSinceProcesses ||= sample.discontinuity;
    this.#processesNow = this.#gapSinceProcesses || sample.time_seconds >= this.#processesDue;
    if (!this.#processesNow) return;
    this.#processesDue = sample.time_seconds + PROCESSES_EVERY_SECONDS - TIMER_SECONDS;
    this.#processClock.advance(sample.time_seconds, this.#gapSinceProcesses);
    this.#gapSinceProcesses = false;
    const tracks = this.#processes;
    for (const process of sample.processes) {
      if (process.is_kernel_thread) continue;
      let track = tracks.get(process.pid);
      if (track === undefined || track.start_ticks !== process.start_ticks) {
        track = new ProcessTrack(process, this.#processClock);
        tracks.set(process.pid, track);
      }
      track.track(process);
    }
    for (const [pid, track] of tracks) if (track.growth.tick !== this.#processClock.tick) tracks.delete(pid);
  }

  /** Has the processes of the sample looked at, due or not. */
  lookAtProcesses(): void {
    if (this.#processesNow) return;
    this.#processesDue = -Infinity;
    this.#trackProcesses(this.#input.sample);
  }

  /** Visits all subjects of the scope; false where the scope was not looked at this time. */
  visit(scope: Scope, visit: Target): boolean {
    const { sample, findings, log_errors, sink_errors } = this.#input;
    switch (scope) {
      case "system":
        visit("system", this.#system, () => "system");
        return true;
      case "kernel":
        visit("kernel", this.#kernel, () => "kernel");
        return true;
      case "self":
        visit("self", this.#own, () => "leakwatch");
        return true;
      case "process":
        if (!this.#processesNow) return false;
        this.#visitProcesses(visit);
        return true;
      case "container":
        for (const container of sample.containers) {
          this.#container.container = container;
          this.#container.kills = this.#containerKills.get(container.id)!;
          visit(container.id, this.#container, () => this.#container.name);
        }
        return true;
      case "unit":
        for (const unit of sample.units) {
          this.#unit.unit = unit;
          this.#unit.kills = this.#unitKills.get(unit.name)!;
          visit(unit.name, this.#unit, () => unit.name);
        }
        return true;
      case "finding":
        if (findings === null) return false;
        for (const finding of findings) {
          this.#finding.finding = finding;
          const { key, caused_by } = finding;
          this.#finding.cause = caused_by === null
            ? undefined
            : findings.find((other) => other.key === caused_by);
          visit(key, this.#finding, () => findingSubject(finding));
        }
        return true;
      case "log":
        return this.#visitTroubles(log_errors, visit);
      case "sink":
        return this.#visitTroubles(sink_errors, visit);
    }
  }

  #visitProcesses(visit: Target): void {
    const facts = this.#process;
    const name = () => `${facts.process.name} (${facts.process.pid})`;
    facts.own_pid = this.#input.own?.pid ?? -1;
    facts.wall_seconds = this.#input.sample.wall_seconds;
    for (const process of this.#input.sample.processes) {
      if (process.is_kernel_thread) continue;
      facts.process = process;
      facts.track = this.#processes.get(process.pid)!;
      visit(facts.track.key, facts, name);
    }
  }

  #visitTroubles(errors: readonly OperationalError[] | undefined, visit: Target): boolean {
    if (errors === undefined) return false;
    for (const trouble of errors) {
      this.#trouble.trouble = trouble;
      visit(trouble.name, this.#trouble, () => trouble.name);
    }
    return true;
  }
}

/** Keeps a counter for each that is present, and none for those that are gone. */
function trackKills<T extends { oom_kills: number | null }>(
  kills: Map<string, CounterStep>,
  present: readonly T[],
  keyOf: (item: T) => string,
): void {
  for (const item of present) {
    const key = keyOf(item);
    let step = kills.get(key);
    if (step === undefined) kills.set(key, step = new CounterStep());
    step.add(item.oom_kills);
  }
  if (kills.size > present.length) {
    const keys = new Set(present.map(keyOf));
    for (const key of kills.keys()) if (!keys.has(key)) kills.delete(key);
  }
}
