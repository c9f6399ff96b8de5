import { formatAmount, formatSpan } from "../../../model/format.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Verdict } from "../../../model/finding.ts";
import { keepWithoutTransients } from "../../../rules/detector/transients.ts";
import { classifySeries } from "../../../rules/detector/mod.ts";
import { endSlope, slopeOf } from "../../../rules/detector/line.ts";
import { median, quantile, robustDeviation } from "../../../rules/detector/quantile.ts";
import { bestSplit } from "../../../rules/detector/step.ts";
import { isSawtooth, turningPoints } from "../../../rules/detector/turning_points.ts";
import { Random } from "../../../bench/detection/synthetic/mod.ts";

const MIB = 2 ** 20;
const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
  size: "max",
});

Deno.test("quantiles lie between the extremes and agree with a sorted copy", () => {
  fc.assert(fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
    const sorted = [...values].sort((a, b) => a - b), got = quantile(values, q);
    assert.ok(got >= sorted[0]! && got <= sorted.at(-1)!);
    const i = Math.trunc(q * (values.length - 1));
    assert.ok(got >= sorted[i]! && got <= sorted[Math.min(i + 1, values.length - 1)]!);
  }));
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("the robust deviation ignores a tenth of wild values", () => {
  const random = new Random(1);
  const values = Array.from({ length: 1000 }, (_, i) => i % 10 ? random.normal(0, 2) : 1e6);
  assert.ok(Math.abs(robustDeviation(values) - 2) < 0.4);
});

Deno.test("a temporary job is set aside, a lasting step is not", () => {
  const positions = Array.from({ length: 240 }, (_, i) => i / 20), random = new Random(2);
  const noisy = (f: (i: number) => number) => positions.map((_, i) => 100 + random.normal() + f(i));
  const job = keepWithoutTransients(positions, noisy((i) => i >= 100 && i < 120 ? 50 : 0));
  assert.deepEqual([job[99], job[100], job[119], job[120]], [1, 0, 0, 1]);
  const step = keepWithoutTransients(positions, noisy((i) => i >= 100 ? 50 : 0));
  assert.ok(step.reduce((sum, keep) => sum + keep) > 0.95 * 240);
});

Deno.test("slopes, also at the end, are those of the curve", () => {
  const line = Array.from({ length: 24 }, (_, i) => 5 + 3 * i),
    curve = line.map((_, i) => 10 * i - 0.2 * i * i);
  assert.ok(Math.abs(slopeOf(line) - 3) < 1e-9);
  assert.ok(Math.abs(endSlope(line, 0).slope - 3) < 1e-9);
  assert.ok(Math.abs(endSlope(curve, 0).slope - (10 - 0.4 * 23)) < 1e-9);
});

Deno.test("a split is found where the level jumps", () => {
  const { index, shift, explained } = bestSplit([...Array(30).fill(10), ...Array(20).fill(16)]);
  assert.deepEqual([index, shift], [30, 6]);
  assert.ok(explained > 0.999);
});

Deno.test("a saw falls faster than it rises, a wave does not", () => {
  const saw = Array.from({ length: 200 }, (_, i) => i % 20), wave = saw.map((_, i) => Math.sin(i / 3));
  assert.equal(isSawtooth(turningPoints(saw, 6)), true);
  assert.equal(isSawtooth(turningPoints(wave, 0.6)), false);
});

Deno.test("amounts and spans read well", () => {
  assert.equal(formatAmount(96.04 * MIB, "bytes"), "96 MiB");
  assert.equal(formatAmount(1.5 * 2 ** 30, "bytes"), "1.5 GiB");
  assert.equal(formatAmount(-512, "bytes"), "−512 B");
  assert.equal(formatAmount(1234.6, "count"), "1,235");
  assert.equal(formatAmount(0.004, "percent"), "0.004 %");
  assert.deepEqual([75, 3300, 11_000, 300_000].map(formatSpan), ["1 min 15 s", "55 min", "3 h", "3 d 12 h"]);
});

/** An hour at 10 s, in MiB by share of the window. */
function hour(value: (u: number, random: Random) => number): { verdict: Verdict; evidence: string } {
  const random = new Random(11), times: number[] = [], values: number[] = [];
  for (let i = 0; i <= 360; i++) {
    times.push(1e9 + i * 10);
    values.push((value(i / 360, random) + random.normal(0, 0.5)) * MIB);
  }
  return classifySeries(times, values, { unit: "bytes", what: "its memory" });
}

/** Phase, 0 to 1, in teeth of very different lengths. */
function unevenTeeth(u: number): number {
  const edges = [-0.1, 0.1, 0.38, 0.5, 0.8, 1.1], i = edges.findLastIndex((edge) => edge <= u);
  return (u - edges[i]!) / (edges[i + 1]! - edges[i]!);
}

Deno.test("each verdict has its shape, and its sentence says why", () => {
  const shapes: [Verdict, (u: number, random: Random) => number, RegExp][] = [
    [
      "leak",
      (u) => 300 + 90 * u,
      /(level|floor) of its memory rose 8\d MiB in 1 h \(30\d MiB to 38\d MiB\), .* still rising/,
    ],
    ["stable", () => 300, /no lasting growth; growth above .* would show/],
    ["step", (u) => u < 0.4 ? 300 : 380, /one jump of 80.* MiB explains (99|100) % of the variation/],
    ["warm-up", (u) => 300 + 90 * (1 - Math.exp(-u / 0.12)), /slope of the last quarter is only \d+ %/],
    [
      "leak",
      (u) => 300 + 300 * Math.min(1, u / 0.2) + 260 * u,
      /^after warming up, the .* of its memory rose 1[12]\d MiB in 30 min/,
    ],
    ["sawtooth", (u) => 300 + 100 * ((u * 12.3) % 1), /1[12] large releases of its memory/],
    ["periodic", (u) => 300 + 50 * Math.sin(40 * u), /repeats about every \d+ (s|min)/],
    // Jobs that come and go swamp the level's increments; the floor beneath them rises.
    [
      "leak",
      (u) => 300 + 60 * u + ((u * 17.3) % 1 < 0.4 ? 150 : 0),
      /the (floor|low points after each release) of its memory rose/,
    ],
    [
      "growing",
      (u) => 300 + 100 * u + 260 * unevenTeeth(u),
      /each of 4 large releases of its memory left more/,
    ],
    ["shrinking", (u) => 300 - 80 * u, /fell by \d\d/],
  ];
  for (const [verdict, shape, evidence] of shapes) {
    const judged = hour(shape);
    assert.equal(judged.verdict, verdict, judged.evidence);
    assert.match(judged.evidence, evidence);
  }
});

Deno.test("too little is called insufficient, with the reason", () => {
  const times = Array.from({ length: 40 }, (_, i) => i), flat = times.map(() => 5);
  assert.match(
    classifySeries(times.slice(0, 20), flat, { unit: "count" }).evidence,
    /20 samples in 19 s: too few/,
  );
  const gap = times.map((t) => t < 20 ? t * 100 : t * 100 + 5000);
  assert.match(
    classifySeries(gap, flat, { unit: "count" }).evidence,
    /more than half of the window is one gap/,
  );
  assert.equal(classifySeries([], [], { unit: "bytes" }).verdict, "insufficient-data");
});

Deno.test("any numbers are judged without a throw, scaled values alike", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 30 }), { minLength: 24, maxLength: 400, size: "max" }),
      (pages) => {
        const times = pages.map((_, i) => i * 10), values = pages.map((page) => page * 4096);
        const judged = classifySeries(times, values, { unit: "bytes", limit: 2 ** 45 });
        assert.ok(judged.confidence >= 0 && judged.confidence <= 1);
        const rate = judged.rate_per_hour;
        if (rate) assert.ok(rate.low <= rate.mid && rate.mid <= rate.high);
        const left = judged.time_to_limit_seconds;
        if (left) assert.ok(left.low >= 0 && (left.high === null || left.high >= left.low));
        assert.ok(!/NaN|undefined|Infinity/.test(judged.evidence), judged.evidence);
      },
    ),
  );
});

Deno.test("the time to a limit holds the truth", () => {
  const random = new Random(5), times: number[] = [], values: number[] = [];
  for (let i = 0; i <= 360; i++) {
    times.push(i * 10);
    values.push((100 + i / 3.6 + random.normal(0, 1)) * MIB);
  }
  // 200 MiB at the end, 100 MiB an hour, 500 MiB allowed: three hours.
  const { time_to_limit_seconds: left } = classifySeries(times, values, { unit: "bytes", limit: 500 * MIB });
  assert.ok(left!.low < 3 * 3600 && left!.high! > 2.9 * 3600, JSON.stringify(left));
});

Deno.test("judge: a minute is a minute where its first sample came late", () => {
  const times = Array.from({ length: 61 }, (_, i) => i === 0 ? 0.2 : i);
  const judged = classifySeries(times, times.map((t) => 50e6 + 2e6 * t), { unit: "bytes" });
  assert.equal(judged.verdict, "leak");
});
