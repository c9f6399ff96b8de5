/** Deeds that must be undone in every end. Steps are plain data, so that the watchdog can perform them too. */

import { performUndo, type UndoStep } from "./undo_steps.ts";

/** Who takes over when leakwatch dies: told of each step before its deed, and when it is done. */
export interface UndoWriter {
  add(id: number, step: UndoStep): Promise<void>;
  remove(id: number): Promise<void>;
}

/** Steps yet to be performed, the last one first. */
export class UndoList {
  readonly #steps = new Map<number, UndoStep>();
  #next = 1;

  /** `keeper` null is for tests of methods only: nobody then undoes after a SIGKILL. */
  constructor(readonly writer: UndoWriter | null) {}

  /**
   * Registers a step; resolves when the watchdog knows it. Call it before the deed: a step must bear being performed though
   * its deed never happened. Throws ProfileError where the watchdog is gone: then the deed must not be done.
   */
  async register(step: UndoStep): Promise<number> {
    const id = this.#next++;
    await this.writer?.add(id, step);
    this.#steps.set(id, step);
    return id;
  }

  /** Performs one step now and forgets it. Returns what could not be undone, null where all is well. */
  async perform(id: number): Promise<string | null> {
    const step = this.#steps.get(id);
    if (step === undefined) return null;
    this.#steps.delete(id);
    const left = await performUndo(step);
    await this.writer?.remove(id).catch(() => {});
    return left;
  }

  /** Forgets a step whose deed turned out never to have happened. */
  async forget(id: number): Promise<void> {
    this.#steps.delete(id);
    await this.writer?.remove(id);
  }

  /** Performs all that is left, the last one first. Returns what could not be undone, one phrase each; never throws. */
  async performAll(): Promise<string[]> {
    const left: string[] = [];
    for (const id of [...this.#steps.keys()].reverse()) {
      const phrase = await this.perform(id);
      if (phrase !== null) left.push(phrase);
    }
    return left;
  }
}
