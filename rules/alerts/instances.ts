/** The instances of all rules, by rule and subject, within bounds that keep the many from silencing the grave. */

import type { Severity } from "../../model/finding.ts";
import type { Instance } from "./instance.ts";
import type { Rule } from "./rule.ts";

/** More alerts of one severity than this at once help nobody; those beyond it are counted. */
export const MAX_PER_SEVERITY = 500;
/** A rule always has room for so many, however many others of its severity there are. */
const ROOM_OF_RULE = 5;

type OfRule = Pick<Rule, "name" | "severity">;

const NONE: ReadonlyMap<string, Instance> = new Map();

export class Instances {
  readonly #byRule = new Map<string, { severity: Severity; instances: Map<string, Instance> }>();
  readonly #sizes: Record<Severity, number> = { critical: 0, warning: 0, info: 0 };

  /** Those of one rule, by the identity of their subjects. */
  of(rule: string): ReadonlyMap<string, Instance> {
    return this.#byRule.get(rule)?.instances ?? NONE;
  }

  *all(): Iterable<Instance> {
    for (const { instances } of this.#byRule.values()) yield* instances.values();
  }

  /** False where there is no room for it. */
  add(instance: Instance, rule: OfRule): boolean {
    if (!this.hasRoom(rule)) return false;
    let entry = this.#byRule.get(rule.name);
    if (entry === undefined) {
      this.#byRule.set(rule.name, entry = { severity: rule.severity, instances: new Map() });
    }
    if (!entry.instances.has(instance.key)) this.#sizes[entry.severity]++;
    entry.instances.set(instance.key, instance);
    return true;
  }

  /** Whether there is room for another of this rule. */
  hasRoom({ name, severity }: OfRule): boolean {
    return this.#sizes[severity] < MAX_PER_SEVERITY || this.of(name).size < ROOM_OF_RULE;
  }

  delete(instance: Instance): void {
    const entry = this.#byRule.get(instance.rule);
    if (entry?.instances.delete(instance.key)) this.#sizes[entry.severity]--;
  }

  /** Forgets those of a rule that is gone. */
  deleteRule(rule: string): void {
    const entry = this.#byRule.get(rule);
    if (entry === undefined) return;
    this.#sizes[entry.severity] -= entry.instances.size;
    this.#byRule.delete(rule);
  }

  /** The rule's severity may be another now. */
  reassign({ name, severity }: OfRule): void {
    const entry = this.#byRule.get(name);
    if (entry === undefined) return;
    this.#sizes[entry.severity] -= entry.instances.size;
    this.#sizes[severity] += entry.instances.size;
    entry.severity = severity;
  }
}
