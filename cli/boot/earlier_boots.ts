/** How much earlier boots used at the same minute, from the sessions they left. */

import { formatBytes } from "../../model/format.ts";
import { listSessions, type SessionEntry } from "../../store/catalog.ts";
import { readTable } from "../../store/table_reader.ts";

/** Boots compared with. */
const MAX_BOOTS = 5;

/** One earlier boot: what it used, by seconds since its first sample. */
export interface EarlierBoot {
  boot_id: string;
  points: { after_seconds: number; used_bytes: number }[];
}

/** The newest boots before this one, from the logs in a directory. A boot whose watch was restarted has more sessions. */
export async function readEarlierBoots(directory: string, thisBootId: string): Promise<EarlierBoot[]> {
  const sessions = listSessions([directory])
    .filter((session) => session.kind === "boot-diagnostics" && !session.running && session.info);
  const boots: EarlierBoot[] = [];
  for (const [boot_id, ofOneBoot] of Map.groupBy(sessions, (session) => session.info!.boot_id)) {
    if (boot_id === thisBootId) continue;
    const points = await pointsOf(ofOneBoot.reverse());
    if (points.length > 0) boots.push({ boot_id, points });
    if (boots.length === MAX_BOOTS) break;
  }
  return boots;
}

/** Of one boot's sessions, oldest first. */
async function pointsOf(sessions: readonly SessionEntry[]): Promise<EarlierBoot["points"]> {
  const points: EarlierBoot["points"] = [];
  let start: number | null = null;
  for (const session of sessions) {
    for await (const rows of readTable(session, "memory", { columns: ["Used_KB"] })) {
      for (const { time_seconds, cells } of rows) {
        const used = Number(cells[0]);
        if (cells[0] === "" || !Number.isFinite(used)) continue;
        start ??= time_seconds;
        points.push({ after_seconds: time_seconds - start, used_bytes: used * 1024 });
      }
    }
  }
  return points;
}

export interface Comparison {
  after_seconds: number;
  used_bytes: number;
  /** Of the earlier boots at the same time. */
  median_bytes: number;
  low_bytes: number;
  high_bytes: number;
  boots: number;
}

/** null where no earlier boot was watched that long. `slack` seconds may lie between the times compared. */
export function compareWithEarlier(
  after_seconds: number,
  used_bytes: number,
  earlier: readonly EarlierBoot[],
  slack: number,
): Comparison | null {
  const then = earlier.flatMap(({ points }) => {
    const nearest = points.reduce<EarlierBoot["points"][number] | null>(
      (best, point) =>
        !best || Math.abs(point.after_seconds - after_seconds) < Math.abs(best.after_seconds - after_seconds)
          ? point
          : best,
      null,
    );
    return nearest && Math.abs(nearest.after_seconds - after_seconds) <= slack ? [nearest.used_bytes] : [];
  }).sort((a, b) => a - b);
  if (then.length === 0) return null;
  const middle = then.length / 2;
  return {
    after_seconds,
    used_bytes,
    median_bytes: then.length % 2 === 1 ? then[Math.floor(middle)]! : (then[middle - 1]! + then[middle]!) / 2,
    low_bytes: then[0]!,
    high_bytes: then.at(-1)!,
    boots: then.length,
  };
}

/** "at minute 30 this boot uses 410 MiB more than the last five (3.1 GiB; 3.0 GiB to 3.2 GiB)". */
export function comparisonMessage(comparison: Comparison): string {
  const { after_seconds, used_bytes, median_bytes, low_bytes, high_bytes, boots } = comparison;
  const minute = Math.round(after_seconds / 60);
  const at = minute > 0 ? `at minute ${minute}` : `after ${Math.round(after_seconds)} s`;
  const last = boots === 1 ? "the last one" : `the last ${NUMBERS[boots] ?? boots}`;
  const difference = used_bytes - median_bytes;
  const range = boots === 1
    ? formatBytes(median_bytes)
    : `median ${formatBytes(median_bytes)}, ${formatBytes(low_bytes)} to ${formatBytes(high_bytes)}`;
  const within = used_bytes >= low_bytes && used_bytes <= high_bytes && boots > 1;
  if (within) return `${at} this boot uses as much as ${last} did (${range})`;
  const word = difference >= 0 ? "more" : "less";
  return `${at} this boot uses ${formatBytes(Math.abs(difference))} ${word} than ${last} (${range})`;
}

const NUMBERS: Record<number, string> = { 2: "two", 3: "three", 4: "four", 5: "five" };
