/**
 * How right leakwatch is about real programs: replays recordings, prints a table per program and the measures over all.
 *
 *     deno task bench:servers [FOLDER_OF_A_RECORDING …] [--every=30] [--late=900]
 *
 * Without folders: those in recordings/. Programs watched from their start and those attached to when they were `--late` seconds old are
 * counted separately.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Labels } from "./labels.ts";
import { replay } from "./replay.ts";
import { report } from "./scoring/report.ts";
import { type Evaluation, scoredPrograms, type Track, tracks } from "./scoring/track.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { every: { type: "string", default: "30" }, late: { type: "string", default: "900" } },
});
const every = Number(values.every), late = Number(values.late);
const kept = fileURLToPath(new URL("recordings", import.meta.url));
const folders = positionals.length > 0
  ? positionals
  : [...Deno.readDirSync(kept)].filter((entry) => entry.isDirectory).map(({ name }) => `${kept}/${name}`)
    .sort();

/** Opinions of all recordings, watched from `fromSeconds` on. Programs that began later than that are left out of a late view. */
async function opinions(fromSeconds: number): Promise<Track[]> {
  const all: Track[] = [];
  for (const folder of folders) {
    const labels: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/labels.json`));
    const programs = scoredPrograms(labels.programs, labels.recorded_at, labels.duration_seconds);
    const evaluations: Evaluation[] = [];
    await replay(
      folder,
      { from_seconds: fromSeconds, every_seconds: every },
      (evaluation) => evaluations.push(evaluation),
    );
    all.push(...tracks(programs, evaluations, fromSeconds));
  }
  return all.filter(({ opinions }) => opinions.length > 0);
}

const within = (seconds: number | null, limit: number) => seconds !== null && seconds <= limit;
console.log(report([
  {
    title: "Watched from their start",
    tracks: await opinions(0),
    every,
    inTime: { what: "by 20 min of age", test: (find) => within(find.age_seconds, 1200) },
  },
  {
    title: `Attached to at ${late / 60} min of age`,
    tracks: await opinions(late),
    every,
    inTime: { what: "within 10 min of watching", test: (find) => within(find.after_seconds, 600) },
  },
]));
