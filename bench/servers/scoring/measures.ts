/** How right the opinions were: false accusations, time to find, separation. Pure. */
import { leaksAt, type Track } from "./track.ts";

export const HOUR = 3600;
/** Younger programs are still warming up: nobody can tell them from a leak. */
export const YOUNG_SECONDS = 15 * 60;
const MIB = 1024 * 1024;

export interface Accusations {
  /** Times that a healthy program began to be called a leak. */
  episodes: number;
  /** Hours that healthy programs were watched. */
  server_hours: number;
  /** Names of those accused, each once. */
  accused: string[];
}

/**
 * Accusations of what does not leak, or not yet, at the ages in [`from`, `to`) seconds. An episode that began before `from` counts where
 * it goes on.
 *
 * @param every seconds between evaluations
 */
export function falseAccusations(
  tracks: readonly Track[],
  every: number,
  from = 0,
  to = Infinity,
): Accusations {
  let episodes = 0, seconds = 0;
  const accused = new Set<string>();
  for (const { program, opinions } of tracks) {
    let isAccused = false;
    for (const { age_seconds, verdict } of opinions) {
      if (leaksAt(program, age_seconds) || age_seconds < from || age_seconds >= to) continue;
      seconds += every;
      if (verdict === "leak" && !isAccused) {
        episodes++;
        accused.add(program.name);
      }
      isAccused = verdict === "leak";
    }
  }
  return { episodes, server_hours: seconds / HOUR, accused: [...accused] };
}

/** When a leak was first called one, in seconds since it was both leaking and watched, and the program's age then. */
export interface Find {
  name: string;
  kind: string;
  rate_per_hour: number | null;
  after_seconds: number | null;
  age_seconds: number | null;
  /** Share of the evaluations after the first accusation that still accuse; null where never found. */
  kept: number | null;
  /** Of the last evaluation with a rate: its error as a share of the true rate. */
  rate_error: number | null;
}

export function finds(tracks: readonly Track[]): Find[] {
  return tracks.filter(({ program }) => program.truth === "leak").map(({ program, opinions }) => {
    const leaking = opinions.filter(({ age_seconds }) => leaksAt(program, age_seconds));
    const start = leaking[0];
    const first = leaking.findIndex(({ verdict }) => verdict === "leak");
    const found = leaking[first];
    const after = first < 0 ? [] : leaking.slice(first);
    const rate = leaking.findLast(({ rate_per_hour }) => rate_per_hour !== null)?.rate_per_hour ?? null;
    const truth = program.rate_per_hour;
    return {
      name: program.name,
      kind: program.kind ?? "",
      rate_per_hour: truth,
      after_seconds: found && start ? leakWatched(program.leaks_from_seconds, found) : null,
      age_seconds: found?.age_seconds ?? null,
      kept: found ? after.filter(({ verdict }) => verdict === "leak").length / after.length : null,
      rate_error: rate === null || !truth ? null : (rate - truth) / truth,
    };
  });
}

function leakWatched(leaksFrom: number, found: { age_seconds: number; watched_seconds: number }): number {
  return Math.min(found.watched_seconds, found.age_seconds - leaksFrom);
}

/** Leaks of memory of at least so much per hour: what the aims are about. */
export function isLarge(find: Find, bytesPerHour = 60 * MIB): boolean {
  const countsBytes = ["process-memory", "shared-memory", "tmpfs"].includes(find.kind);
  return countsBytes && (find.rate_per_hour ?? 0) >= bytesPerHour * .98;
}

/** Share of `found` for which `test` holds; null where there are none. */
export function share<Item>(items: readonly Item[], test: (item: Item) => boolean): number | null {
  return items.length === 0 ? null : items.filter(test).length / items.length;
}

/** Mean probability of leaks and of healthy programs after so many seconds of watching. */
export function separation(
  tracks: readonly Track[],
  watchedSeconds: number,
): { leaks: number; healthy: number; difference: number } {
  const sums = { leaks: [0, 0], healthy: [0, 0] } as Record<"leaks" | "healthy", [number, number]>;
  for (const { program, opinions } of tracks) {
    const opinion = opinions.find(({ watched_seconds }) => watched_seconds >= watchedSeconds);
    if (!opinion) continue;
    const sum = sums[leaksAt(program, opinion.age_seconds) ? "leaks" : "healthy"];
    sum[0] += opinion.probability;
    sum[1]++;
  }
  const mean = ([sum, count]: [number, number]) => count === 0 ? NaN : sum / count;
  const leaks = mean(sums.leaks), healthy = mean(sums.healthy);
  return { leaks, healthy, difference: leaks - healthy };
}
