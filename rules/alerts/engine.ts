/**
 * Alert rules over samples: what fires, what is over, and nothing twice.
 *
 * Without a clock of its own: durations are counted on the samples' axis (which does not go back), dates come from the
 * samples' wall clock. Memory is bounded: a state per rule and subject that is not well, at most 500 of each severity.
 */

import { safeText } from "../../model/safe_text.ts";
import { compareSeverity } from "../../model/severity.ts";
import type { Alert, AlertChange, OperationalError, Severity } from "../../model/finding.ts";
import type { GrowthReadings } from "../../model/growth_reading.ts";
import type { Context } from "./expression.ts";
import { Flapping } from "./flapping.ts";
import {
  type Instance,
  newInstance,
  nextMove,
  setMessage,
  toAlert,
  toResolved,
  valueOf,
} from "./instance.ts";
import { Instances, MAX_PER_SEVERITY } from "./instances.ts";
import { isQuiet } from "./quiet_hours.ts";
import type { Rule, RuleSet } from "./rule.ts";
import { type AlertState, restoreState, STATE_SCHEMA } from "./state.ts";
import { type AlertInput, Subjects } from "./subjects.ts";
import { type Scope, SCOPES } from "./variables.ts";

export type { AlertInput } from "./subjects.ts";
export type { OwnUse } from "./bindings/own.ts";

const HISTORY = 200;

/** What leaks is told before what that leads to; leakwatch's own state knows what there was no room for, so it is last. */
const CAUSES_FIRST: readonly Scope[] = [
  "finding",
  ...SCOPES.filter((scope) => scope !== "finding" && scope !== "system" && scope !== "self"),
  "system",
  "self",
];

export class AlertEngine {
  #rules!: RuleSet;
  #byScope = new Map<Scope, Rule[]>();
  readonly #instances = new Instances();
  readonly #seen = new Set<Instance>();
  readonly #flapping = new Flapping();
  readonly #subjects: Subjects;
  readonly #history: Alert[] = [];
  /** Ends that the next sample will tell of. */
  #deferred: ((wall: number, changes: AlertChange[]) => void)[] = [];
  readonly #turnedAway = new Map<Scope, Record<Severity, number>>();
  /** The same of the scope that is being evaluated. */
  #refused: Record<Severity, number> = { critical: 0, warning: 0, info: 0 };
  #lastTime = NaN;
  #bootId = "";

  /** Alerts whose condition holds and for which there is no room, as of the last evaluation of each scope. */
  get turnedAway(): Record<Severity, number> {
    const sum: Record<Severity, number> = { critical: 0, warning: 0, info: 0 };
    for (const { critical, warning, info } of this.#turnedAway.values()) {
      sum.critical += critical;
      sum.warning += warning;
      sum.info += info;
    }
    return sum;
  }

  /** What the growth variables of rules say, for export. */
  get growth(): GrowthReadings {
    return this.#subjects.growth;
  }

  constructor(rules: RuleSet) {
    this.#subjects = new Subjects(rules.parameters.growth_period_seconds ?? 3600);
    this.#adopt(rules);
  }

  /** Takes a sample in and returns what changed: alerts that begin to fire, and those that are over. */
  evaluate(input: AlertInput): AlertChange[] {
    const { sample } = input;
    const wall = input.now_seconds ?? sample.wall_seconds;
    const changes: AlertChange[] = [];
    this.#track(input);
    for (const resolve of this.#deferred.splice(0)) resolve(wall, changes);
    if (sample.discontinuity) this.#restartPending(sample.time_seconds);
    for (const scope of CAUSES_FIRST) this.#evaluateScope(scope, sample.time_seconds, wall, changes);
    this.#reportAfterQuiet(wall, changes);
    return changes;
  }

  /**
   * What is not well right now, without waiting (`for`) and without changing any state: for a single look. Earlier samples
   * given to `evaluate` serve as the baseline for growth; the last one may be given again. Of leakwatch itself a single
   * look would see nothing but its start-up, so scope `self` is left out.
   */
  evaluateOnce(input: AlertInput): Alert[] {
    const { sample } = input;
    this.#track(input);
    this.#subjects.evaluateProcesses();
    const alerts: Alert[] = [];
    const room: Record<Severity, number> = {
      critical: MAX_PER_SEVERITY,
      warning: MAX_PER_SEVERITY,
      info: MAX_PER_SEVERITY,
    };
    for (const scope of SCOPES) {
      if (scope === "self") continue;
      for (const rule of this.#byScope.get(scope) ?? []) {
        this.#subjects.forEachTarget(scope, (key, facts, name) => {
          const known = this.#instances.of(rule.name).get(key);
          if (known?.state === "firing") alerts.push(toAlert(known, rule));
          else if (rule.when.evaluate(facts) === true && room[rule.severity]-- > 0) {
            const wall = input.now_seconds ?? sample.wall_seconds;
            alerts.push(
              toAlert(newInstance(rule, key, name(), facts, sample.time_seconds, wall, "firing"), rule),
            );
          }
        });
      }
    }
    return alerts.sort(bySeverity);
  }

  /** Pending and firing alerts, the gravest first. */
  active(): Alert[] {
    const alerts: Alert[] = [];
    for (const rule of this.#rules.rules) {
      for (const instance of this.#instances.of(rule.name).values()) {
        alerts.push(toAlert(instance, rule));
      }
    }
    return alerts.sort(bySeverity);
  }

  /** What fires and people were told of: for receivers that have to be told again after a reload or a restart. */
  reported(): Alert[] {
    return this.#rules.rules.flatMap((rule) =>
      [...this.#instances.of(rule.name).values()]
        .filter(({ state, reported }) => state === "firing" && reported)
        .map((instance) => toAlert(instance, rule))
    );
  }

  /** The last changes, oldest first. */
  history(): Alert[] {
    return [...this.#history];
  }

  /** Rules that could not be evaluated on what was found on this machine. */
  errors(): OperationalError[] {
    return this.#rules.rules.flatMap((rule) => {
      const why = rule.when.error ?? rule.until?.error ?? rule.value?.error ?? rule.threshold?.error;
      return why ? [{ name: `rule ${rule.name}`, why: safeText(why, 200) }] : [];
    });
  }

  /** Goes on with other rules; alerts of rules that are gone are over, as the next `evaluate` tells. */
  reload(rules: RuleSet): void {
    const kept = new Set(rules.rules.map((rule) => rule.name));
    for (const rule of this.#rules.rules) {
      if (kept.has(rule.name)) continue;
      for (const instance of this.#instances.of(rule.name).values()) {
        if (instance.state === "firing") this.#deferResolve(instance, rule, "its rule is gone");
      }
      this.#instances.deleteRule(rule.name);
    }
    this.#adopt(rules);
    this.#subjects.growth_period_seconds = rules.parameters.growth_period_seconds ?? 3600;
  }

  /** What a later run needs to go on: give it to `restore`. */
  toJSON(): AlertState {
    return {
      schema: STATE_SCHEMA,
      boot_id: this.#bootId,
      instances: [...this.#instances.all()],
      flapping: this.#flapping.toJSON(),
      history: this.history(),
    };
  }

  /**
   * Goes on from an earlier run's state; false where it is none of ours. Alerts of another boot are over, as the next
   * `evaluate` tells: their subjects are gone.
   */
  restore(state: unknown, bootId: string): boolean {
    const restored = restoreState(state);
    if (restored === null) return false;
    this.#history.push(...restored.history.slice(-HISTORY));
    if (restored.boot_id === bootId) this.#flapping.restore(restored.flapping);
    for (const instance of restored.instances) {
      const rule = this.#rules.rules.find(({ name }) => name === instance.rule);
      if (rule && restored.boot_id === bootId) this.#instances.add(instance, rule);
      else if (instance.state === "firing") {
        const why = restored.boot_id === bootId ? "its rule is gone" : "the machine was restarted";
        this.#deferResolve(instance, rule ?? { severity: "info" }, why);
      }
    }
    return true;
  }

  #deferResolve(instance: Instance, rule: Pick<Rule, "severity">, why: string): void {
    this.#deferred.push((wall, changes) => this.#resolve(instance, rule, wall, why, changes));
  }

  #adopt(rules: RuleSet): void {
    this.#rules = rules;
    for (const rule of rules.rules) this.#instances.reassign(rule);
    this.#turnedAway.clear();
    this.#byScope = new Map(
      SCOPES.map((scope) => [scope, rules.rules.filter((rule) => rule.scope === scope)]),
    );
  }

  #track(input: AlertInput): void {
    if (input.sample.time_seconds === this.#lastTime) return this.#subjects.use(input);
    this.#lastTime = input.sample.time_seconds;
    this.#bootId = input.sample.host.boot_id;
    this.#subjects.track(input);
  }

  #evaluateScope(scope: Scope, now: number, wall: number, changes: AlertChange[]): void {
    const rules = this.#byScope.get(scope)!;
    if (rules.length === 0) return;
    this.#seen.clear();
    this.#refused = { critical: 0, warning: 0, info: 0 };
    if (scope === "self") this.#subjects.turned_away = this.turnedAway;
    const visited = this.#subjects.forEachTarget(scope, (key, facts, name) => {
      for (const rule of rules) this.#classify(rule, key, facts, name, now, wall, changes);
    });
    if (!visited) return;
    this.#turnedAway.set(scope, this.#refused);
    this.#endUnseen(scope, rules, now, wall, changes);
  }

  #classify(
    rule: Rule,
    key: string,
    facts: Context,
    name: () => string,
    now: number,
    wall: number,
    changes: AlertChange[],
  ): void {
    const instances = this.#instances.of(rule.name);
    const holds = rule.when.evaluate(facts) === true;
    if (!holds && instances.size === 0) return;
    let instance = instances.get(key);
    if (instance === undefined) {
      if (!holds) return;
      if (!this.#instances.hasRoom(rule)) return void this.#refused[rule.severity]++;
      instance = newInstance(rule, key, name(), facts, now, wall, "pending");
      this.#instances.add(instance, rule);
    }
    this.#seen.add(instance);
    const hold = this.#flapping.holdSeconds(flapKey(instance), rule.keep_firing_seconds, now);
    const move = nextMove(instance, rule, holds, facts, now, hold);
    if (move === "fire") this.#fire(instance, rule, facts, now, wall, changes);
    else if (move === "resolve") {
      instance.value = valueOf(rule.value, facts);
      this.#end(instance, rule, wall, this.#subjects.reasonOf(rule.scope, key), changes);
    } else if (move === "drop") this.#instances.delete(instance);
    else if (instance.state === "firing" && holds) instance.value = valueOf(rule.value, facts);
  }

  #fire(
    instance: Instance,
    rule: Rule,
    facts: Context,
    now: number,
    wall: number,
    changes: AlertChange[],
  ): void {
    setMessage(instance, rule, facts);
    instance.state = "firing";
    instance.since_seconds = now;
    instance.wall_seconds = wall;
    if (this.#flapping.fired(flapKey(instance), now)) {
      instance.message += " (flapping; held until it has been clear for 15 min)";
    }
    instance.reported = !isQuiet(this.#rules.quiet_hours, rule.severity, wall);
    this.#record(
      { alert: toAlert(instance, rule), route: instance.reported ? "all" : "log" },
      changes,
    );
  }

  /** Subjects that are gone end their alerts. A finding that is not repeated is one whose condition no longer holds. */
  #endUnseen(scope: Scope, rules: Rule[], now: number, wall: number, changes: AlertChange[]): void {
    const why = scope === "process" ? "the process ended" : scope === "finding" ? "" : "it is gone";
    for (const rule of rules) {
      for (const instance of this.#instances.of(rule.name).values()) {
        if (this.#seen.has(instance)) continue;
        if (instance.state === "pending") this.#instances.delete(instance);
        else {
          instance.clear_since_seconds ??= now;
          const hold = scope === "finding" ? rule.keep_firing_seconds : 0;
          if (now - instance.clear_since_seconds >= hold) {
            const reason = this.#subjects.reasonOf(scope, instance.key);
            this.#end(
              instance,
              rule,
              wall,
              scope === "log" || scope === "sink" ? "" : reason || why,
              changes,
            );
          }
        }
      }
    }
  }

  #end(instance: Instance, rule: Rule, wall: number, why: string, changes: AlertChange[]): void {
    this.#instances.delete(instance);
    this.#resolve(instance, rule, wall, why, changes);
  }

  #resolve(
    instance: Instance,
    rule: Pick<Rule, "severity">,
    wall: number,
    why: string,
    changes: AlertChange[],
  ): void {
    // Whoever was told that it fires is told that it is over, in quiet hours too.
    const route = instance.reported ? "all" : "log";
    this.#record({ alert: toResolved(instance, rule, wall, why), route }, changes);
  }

  #record(change: AlertChange, changes: AlertChange[]): void {
    changes.push(change);
    this.#history.push(change.alert);
    if (this.#history.length > HISTORY) this.#history.shift();
  }

  /** What began in quiet hours and still fires when they end is sent then. */
  #reportAfterQuiet(wall: number, changes: AlertChange[]): void {
    if (this.#rules.quiet_hours.length === 0) return;
    for (const rule of this.#rules.rules) {
      for (const instance of this.#instances.of(rule.name).values()) {
        if (instance.state !== "firing" || instance.reported) continue;
        if (isQuiet(this.#rules.quiet_hours, rule.severity, wall)) continue;
        instance.reported = true;
        changes.push({ alert: toAlert(instance, rule), route: "notify" });
      }
    }
  }

  /** Time asleep is no time in which a condition held. */
  #restartPending(now: number): void {
    for (const instance of this.#instances.all()) {
      if (instance.state === "pending") instance.since_seconds = now;
      else if (instance.clear_since_seconds !== null) instance.clear_since_seconds = now;
    }
  }
}

const flapKey = (instance: Instance) => `${instance.rule}|${instance.key}`;
const bySeverity = (a: Alert, b: Alert) => compareSeverity(a.severity, b.severity);
