/** The instances of all rules, by rule and subject, within a bound. */

import type { Instance } from "./instance.ts";

/** More alerts than this at once help nobody; those beyond it are counted. */
export const MAX_INSTANCES = 500;

const NONE: ReadonlyMap<string, Instance> = new Map();

export class Instances {
  /** Those for which there was no room. */
  overflowed = 0;
  readonly #byRule = new Map<string, Map<string, Instance>>();
  #size = 0;

  /** Those of one rule, by the identity of their subjects. */
  of(rule: string): ReadonlyMap<string, Instance> {
    return this.#byRule.get(rule) ?? NONE;
  }

  *all(): Iterable<Instance> {
    for (const instances of this.#byRule.values()) yield* instances.values();
  }

  /** False, and counted, where there is no room for it. */
  add(instance: Instance): boolean {
    if (!this.hasRoom()) return false;
    let instances = this.#byRule.get(instance.rule);
    if (instances === undefined) this.#byRule.set(instance.rule, instances = new Map());
    if (!instances.has(instance.key)) this.#size++;
    instances.set(instance.key, instance);
    return true;
  }

  /** Whether there is room for another; no counts as one turned away. */
  hasRoom(): boolean {
    if (this.#size < MAX_INSTANCES) return true;
    this.overflowed++;
    return false;
  }

  delete(instance: Instance): void {
    if (this.#byRule.get(instance.rule)?.delete(instance.key)) this.#size--;
  }

  /** Forgets those of a rule that is gone. */
  deleteRule(rule: string): void {
    this.#size -= this.of(rule).size;
    this.#byRule.delete(rule);
  }
}
