/** Real programs, recorded for three quarters of an hour, through the pipeline that judges them live. */
import { deepStrictEqual, ok } from "node:assert";
import { fileURLToPath } from "node:url";
import { replay } from "../../../bench/servers/replay.ts";
import { finds } from "../../../bench/servers/scoring/measures.ts";
import { type Evaluation, scoredPrograms, type Track, tracks } from "../../../bench/servers/scoring/track.ts";

const FOLDER = fileURLToPath(new URL("../../fixtures/servers/20261121_151057", import.meta.url));

async function watched(from_seconds: number): Promise<Track[]> {
  const labels = JSON.parse(Deno.readTextFileSync(`${FOLDER}/labels.json`));
  const evaluations: Evaluation[] = [];
  await replay(FOLDER, { from_seconds, every_seconds: 30 }, (evaluation) => evaluations.push(evaluation));
  return tracks(
    scoredPrograms(labels.programs, labels.recorded_at, labels.duration_seconds),
    evaluations,
    from_seconds,
  );
}

function check(said: readonly Track[], inTime: (find: ReturnType<typeof finds>[number]) => boolean): void {
  const accused = said.filter(({ program, opinions }) =>
    program.truth === "healthy" && opinions.some(({ verdict }) => verdict === "leak")
  );
  deepStrictEqual(accused.map(({ program }) => program.name), []);
  const found = finds(said);
  deepStrictEqual(found.map(({ name }) => name).sort(), ["c-malloc", "python-list"]);
  for (const find of found) ok(inTime(find), JSON.stringify(find));
  const malloc = found.find(({ name }) => name === "c-malloc")!;
  ok(Math.abs(malloc.rate_error!) < 0.03, JSON.stringify(malloc));
}

Deno.test("redis, mariadb and etcd fill and are not accused; leaks are called by twenty minutes of age", async () => {
  check(await watched(0), ({ age_seconds }) => (age_seconds ?? Infinity) <= 1200);
});

Deno.test("leaks of programs a quarter of an hour old are called within ten minutes of watching", async () => {
  check(await watched(900), ({ after_seconds }) => (after_seconds ?? Infinity) <= 600);
});
