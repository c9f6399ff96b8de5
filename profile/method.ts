/** What a way of profiling must offer, so that the frame can list it, ask for consent, run it and undo it. */

import type { ProfileResult } from "./result.ts";
import type { Target } from "./target.ts";
import type { UndoList } from "./guards/undo_list.ts";

/** 0: reads only. 1: signals, injects or slows the target: asks once. 2: pauses it for seconds: asks twice. */
export type ConsentLevel = 0 | 1 | 2;

/** What one method would need, do and cost on one target; made without touching it. */
export interface MethodOffer {
  /** Whether it can run here and now. */
  available: boolean;
  /** Why not, and what to do about it; null where it is available. */
  reason: string | null;
  /** What it needs: `perf (package linux-perf)`, `root or the same user`. */
  needs: string[];
  consent: ConsentLevel;
  /** What it does to the target, a phrase each: pause, slow-down, what stays behind. `none` where nothing is measurable. */
  cost: { pause: string; slowdown: string; left_behind: string };
  /** How it is undone, also when leakwatch itself is killed. `nothing to undo` for reads. */
  undo: string;
  /** Every command, signal and conversation in order, as `--dry-run` shows them. */
  commands: string[];
}

export interface RunOptions {
  /** Length of the window. */
  seconds: number;
  /** Most bytes that may be written to disk or taken from the target. */
  max_bytes: number;
  /** Aborted by the first Ctrl-C: end the window, undo, answer with what there is. */
  signal: AbortSignal;
  /** What the user agreed to; a method never does more than this. */
  consent: ConsentLevel;
  /** Register each step before the deed it undoes; `undo.perform(step)` when it is time. */
  undo: UndoList;
  /** A private directory (0700, ours), removed at the end whatever happens; not readable by the target. */
  directory: string;
  /** One line for the person who waits. */
  progress(message: string): void;
}

export interface Method {
  /** As in `--method`: kebab-case, `perf-malloc`. */
  readonly name: string;
  /** One phrase: what it tells. */
  readonly title: string;
  /** Asks in order of worth: the first available one of the target's runtime is what `auto` takes. Lower is earlier. */
  readonly rank: number;
  /** `outside`: what lies beside the heap of a runtime (native libraries, extensions, buffers); left out: `heap`. */
  readonly layer?: "heap" | "outside";
  /** Whether it connects to a port of the target, and so has to run in the target's network namespace. */
  readonly connects?: boolean;
  /** Whether the method concerns this target at all; one that does not is not listed. Pure. */
  appliesTo(target: Target): boolean;
  /** Reads only; never signals, connects or writes. Never throws. */
  describe(target: Target, seconds: number): Promise<MethodOffer> | MethodOffer;
  /**
   * Takes the profile: one result per heap (workers have their own). Re-checks the identity of the target before each deed
   * (`assertSame`) and after the window. Throws ProfileError with one line for all that can go wrong.
   */
  run(target: Target, options: RunOptions): Promise<ProfileResult[]>;
}

/** An offer that cannot be taken. */
export function unavailable(
  offer: Omit<MethodOffer, "available" | "reason">,
  reason: string,
): MethodOffer {
  return { ...offer, available: false, reason };
}
