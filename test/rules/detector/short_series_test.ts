import assert from "node:assert/strict";
import fc from "fast-check";
import { classifyRecordedFile } from "../../../rules/findings/recorded_file.ts";
import { shortGrowth } from "../../../rules/detector/short_series.ts";

const MIB = 1024 * 1024;
const times = (count: number) => Array.from({ length: count }, (_, index) => index * 5);

Deno.test("short series: a minute of steady growth is growing, with its rate, and never a leak", () => {
  const values = times(13).map((seconds) => (50 + seconds * 2) * MIB);
  const series = {
    source: "a",
    name: "RSS_KB",
    unit: "bytes" as const,
    counter: false,
    times_seconds: times(13),
    values,
  };
  const entry = classifyRecordedFile([series])[0]!;
  assert.equal(entry.verdict, "growing");
  assert.equal(entry.rate_per_hour!.mid, 2 * 3600 * MIB);
  assert.match(entry.evidence, /^it rose 120 MiB in 1 min, .* 13 samples are too few/);
  assert.equal(classifyRecordedFile([{ ...series, counter: true }])[0]!.verdict, "insufficient-data");
});

Deno.test("short series: steps, warm-ups, small rises and few samples are left alone", () => {
  const judged = (shape: (index: number) => number, count = 12) =>
    shortGrowth(times(count), times(count).map((_, index) => shape(index)), "bytes");
  assert.equal(judged((index) => (index < 6 ? 50 : 90) * MIB), null);
  assert.equal(judged((index) => (100 - 80 / (index + 1)) * MIB), null);
  assert.equal(judged((index) => 50 * MIB + index * 100_000), null);
  assert.equal(judged((index) => (500 + index) * MIB), null);
  assert.equal(judged((index) => (50 + 10 * index) * MIB, 9), null);
  assert.ok(judged((index) => (50 + 10 * index) * MIB));
});

Deno.test("short series: noise without a trend is not called growing", () => {
  let called = 0;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 100 * MIB }), { minLength: 12, maxLength: 29 }),
      (values) => {
        if (shortGrowth(times(values.length), values, "bytes")) called++;
      },
    ),
    { numRuns: 5000, seed: 4 },
  );
  assert.ok(called <= 2, `${called} of 5,000`);
});
