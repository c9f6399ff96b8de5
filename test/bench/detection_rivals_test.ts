import assert from "node:assert/strict";
import { withLeak } from "../../bench/detection/real_series.ts";
import { hamedRao, mannKendall } from "../../bench/detection/rivals/mann_kendall.ts";
import {
  linearBackwardRegression,
  olsFit,
  tenPercentAnHour,
  tenPercentGrowth,
} from "../../bench/detection/rivals/rules_of_thumb.ts";
import { makeSeries, Random } from "../../bench/detection/synthetic/mod.ts";

const times = Array.from({ length: 200 }, (_, i) => i * 60);
const seeds = Array.from({ length: 400 }, (_, seed) => new Random(seed, 1));
const share = (said: boolean[]) => said.filter((yes) => yes).length / said.length;

Deno.test("Mann–Kendall says a rise of white noise in one of 40 cases, as its level promises", () => {
  const said = share(seeds.map((random) => mannKendall(times, times.map(() => random.normal()))));
  assert.ok(said > 0.005 && said < 0.05, String(said));
});

Deno.test("under autocorrelation Hamed–Rao says it less often than Mann–Kendall", () => {
  const noises = seeds.slice(0, 100).map((random) => random.autoregressive(200, 0.9, 1));
  const plain = share(noises.map((noise) => mannKendall(times, noise)));
  const corrected = share(noises.map((noise) => hamedRao(times, noise)));
  assert.ok(plain > 0.2 && corrected < 0.7 * plain, `${plain} ${corrected}`);
});

Deno.test("every rival finds a clear leak, and none a flat line", () => {
  const steep = times.map((t, i) => 100 + t / 200 + (i % 3)), flat = times.map((_, i) => 100 + (i % 3));
  const rivals = [mannKendall, hamedRao, olsFit, tenPercentAnHour, tenPercentGrowth];
  for (const rival of rivals) {
    assert.deepEqual([rival(times, steep), rival(times, flat)], [true, false], rival.name);
  }
  assert.deepEqual([200, 1e9].map((limit) => linearBackwardRegression(times, steep, limit)), [true, false]);
});

Deno.test("the same arguments make the same series, and a laid-over leak adds what it says", () => {
  assert.deepEqual(makeSeries("gc_leak", "1h", 5, 6), makeSeries("gc_leak", "1h", 5, 6));
  assert.notDeepEqual(makeSeries("gc_leak", "1h", 5, 6).values, makeSeries("gc_leak", "1h", 5, 7).values);
  const window = { name: "x", leaks: false, unit: "percent" as const, times, values: times.map(() => 80) };
  const { values } = withLeak(window, 24, 0.25);
  assert.equal(values[0], 45);
  assert.equal(values[40], 45);
  assert.equal(values.at(-1), 69);
});
