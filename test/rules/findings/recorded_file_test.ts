import type { RecordedSeries } from "../../../model/recorded_series.ts";
import assert from "node:assert/strict";
import { classifySeries } from "../../../rules/detector/mod.ts";
import { classifyRecordedFile } from "../../../rules/findings/recorded_file.ts";

const MIB = 1024 * 1024;
const TIMES = Array.from({ length: 400 }, (_, i) => i * 30);

/** Numbers from 0 to 1, the same in every run (Mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function series(name: string, value: (i: number) => number): RecordedSeries {
  const values = TIMES.map((_, i) => value(i) * MIB);
  return { source: "s", name, unit: "bytes", counter: false, times_seconds: TIMES, values };
}

/** A random walk that drifts upward as much as chance now and then makes one: a leak where it stands alone, and no surer. */
function lucky(): RecordedSeries {
  for (let seed = 1; seed < 2000; seed++) {
    const next = random(seed);
    let level = 200;
    const walk = series('RSS_KB{PID="1"}', () => level += next() - 0.5 + 0.1);
    const { verdict, drift } = classifySeries(walk.times_seconds, walk.values, { unit: "bytes" });
    if (verdict === "leak" && drift < 4) return walk;
  }
  throw new Error("no such walk");
}

const restless = (count: number, column: string) =>
  Array.from({ length: count }, (_, n) => {
    const next = random(9000 + n);
    return series(`${column}{PID="${100 + n}"}`, () => 100 + 8 * next());
  });

Deno.test("a recorded leak must stand out among the series of its column, as a live one must", () => {
  const weak = lucky();
  const strong = series('RSS_KB{PID="2"}', (i) => 100 + i);
  assert.equal(classifyRecordedFile([weak])[0]!.verdict, "leak", "alone it does");

  const crowd = restless(150, "RSS_KB");
  const entries = classifyRecordedFile([weak, ...crowd, strong]);
  assert.equal(entries.length, 152);
  assert.equal(entries[0]!.verdict, "growing");
  assert.ok(entries[0]!.confidence <= 0.5);
  assert.match(entries[0]!.evidence, /among 152 series that move, one like this is expected by chance$/);
  assert.deepEqual([entries.at(-1)!.verdict, entries.at(-1)!.name], ["leak", 'RSS_KB{PID="2"}']);
  assert.deepEqual(
    entries.slice(1, -1),
    crowd.map((each) => classifyRecordedFile([each])[0]),
    "the others are judged as before",
  );

  const elsewhere = classifyRecordedFile([weak, ...restless(150, "Threads")]);
  assert.equal(elsewhere[0]!.verdict, "leak", "another column is another question");
  const still = Array.from({ length: 150 }, (_, n) => series(`RSS_KB{PID="${100 + n}"}`, () => 64));
  assert.equal(
    classifyRecordedFile([weak, ...still])[0]!.verdict,
    "leak",
    "what stands still does not count",
  );
});
