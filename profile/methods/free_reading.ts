/** Methods that read something of the target twice and compare: they touch nothing, so they run beside all others, too. */

import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method } from "../method.ts";
import type { ProfileResult } from "../result.ts";
import { assertSame, type Target } from "../target.ts";

export interface FreeMethod extends Method {
  /** Reads once; the function that comes back reads again and compares. Both throw ProfileError. */
  begin(target: Target): () => ProfileResult;
}

/** What the process grew by between the two readings. */
export interface ReadingWindow {
  growth_bytes: number | null;
  seconds: number;
}

export interface FreeReading<T> extends Pick<Method, "name" | "title" | "rank" | "appliesTo"> {
  /** What is read, as --dry-run names it. */
  reads(target: Target): string;
  /** Why it cannot be read, or null. */
  whyNot(target: Target): string | null;
  pause: string;
  /** Throws ProfileError. */
  read(target: Target): T;
  compare(target: Target, before: T, after: T, window: ReadingWindow): ProfileResult;
}

export function freeMethod<T>(reading: FreeReading<T>): FreeMethod {
  const { name, title, rank, appliesTo } = reading;
  const begin = (target: Target) => {
    assertSame(target);
    const growth = measureGrowth(target);
    const before = reading.read(target);
    return () => {
      const after = reading.read(target);
      assertSame(target);
      return reading.compare(target, before, after, growth());
    };
  };
  return {
    name,
    title,
    rank,
    appliesTo,
    begin,
    describe(target) {
      const reason = reading.whyNot(target);
      const what = reading.reads(target);
      return {
        available: reason === null,
        reason,
        needs: ["root or the same user"],
        consent: 0,
        cost: { pause: reading.pause, slowdown: "none", left_behind: "nothing" },
        undo: "nothing to undo",
        commands: [`read ${what}`, "wait", `read ${what}`],
      };
    },
    async run(target, options) {
      const end = begin(target);
      await waitWindow(options.seconds, options.signal);
      return [end()];
    },
  };
}
