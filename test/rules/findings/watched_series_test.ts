import assert from "node:assert/strict";
import { combineWindows } from "../../../rules/findings/combine_windows.ts";
import { NestedWindows, WINDOWS_SECONDS } from "../../../rules/findings/nested_windows.ts";
import { WatchedSeries } from "../../../rules/findings/mod.ts";
import { controlFalseDiscovery, studentTail10 } from "../../../rules/findings/false_discovery_rate.ts";
import type { Assessment } from "../../../rules/detector/mod.ts";
import type { Verdict } from "../../../model/finding.ts";
import { Random } from "../../../bench/detection/synthetic/mod.ts";
import { MiB } from "./machine.ts";

const HOUR = 3600;

/** A series pushed every minute; value in MiB by hours since the start. */
function series(
  hours: number,
  value: (hour: number) => number,
  confirmations = 3,
): { watched: WatchedSeries; verdicts: Verdict[] } {
  const watched = new WatchedSeries({ unit: "bytes", confirmations }),
    random = new Random(3),
    verdicts: Verdict[] = [];
  for (let minute = 0; minute < hours * 60; minute++) {
    watched.push(1.7e9 + minute * 60, (value(minute / 60) + random.normal(0, 2)) * MiB);
    if (minute % 10 === 0) verdicts.push(watched.classify().verdict);
  }
  return { watched, verdicts };
}

Deno.test("a leak that begins after three quiet days is seen within half a day", () => {
  const { verdicts } = series(84, (hour) => 500 + Math.max(0, hour - 72) * 25);
  const quiet = verdicts.slice(0, 72 * 6);
  assert.ok(!quiet.includes("leak"));
  assert.ok(verdicts.slice(72 * 6).includes("leak") || verdicts.at(-1) === "growing");
  assert.notEqual(verdicts.at(-1), "stable");
});

Deno.test("a daily rise and fall is not a leak at any hour of five days", () => {
  const { verdicts } = series(120, (hour) => 500 + 60 * Math.sin((2 * Math.PI * hour) / 24));
  const late = verdicts.slice(48 * 6);
  assert.equal(late.filter((verdict) => verdict === "leak").length, 0);
});

Deno.test("a leak is called one only when several looks agree", () => {
  const { verdicts } = series(6, (hour) => 100 + 50 * hour);
  const first = verdicts.indexOf("leak");
  assert.ok(first > 0);
  assert.equal(verdicts[first - 1], "growing");
  assert.equal(verdicts.at(-1), "leak");
});

Deno.test("a still series costs no buckets, and what it was is not lost when it moves", () => {
  const still = new WatchedSeries({ unit: "bytes" });
  for (let i = 0; i < 2000; i++) still.push(i * 10, 50 * MiB + (i % 2) * 4096);
  assert.equal(still.moves, false);
  assert.equal(still.classify().verdict, "stable");
  assert.equal(JSON.stringify(still).includes("rings"), false);
  for (let i = 0; i < 300; i++) still.push(20_000 + i * 10, (51 + (i > 30 ? 60 : 0)) * MiB);
  assert.equal(still.moves, true);
  assert.equal(still.classify().verdict, "step");
});

Deno.test("longer windows come into being only with age, each within 12 KiB", () => {
  const nested = new NestedWindows();
  for (let t = 0; t < 20 * 86_400; t += 120) {
    nested.push(t, t);
    const needed = WINDOWS_SECONDS.filter((seconds) => t > seconds).length + 1;
    assert.ok(nested.windows.length <= Math.min(needed, WINDOWS_SECONDS.length));
    for (const window of nested.windows) assert.ok(window.bytes <= 12 * 1024);
  }
  nested.windows.forEach((window, k) => {
    assert.ok(Math.abs(window.span_seconds / WINDOWS_SECONDS[k]! - 1) < 0.05, `${k}: ${window.span_seconds}`);
  });
});

const judged = (verdict: Verdict, hours: number, drift = 8) =>
  ({ verdict, window_seconds: hours * HOUR, drift, confidence: 0.9, evidence: "it rose" }) as Assessment;

Deno.test("a longer window takes the accusation from a shorter one, unless it sees growth itself", () => {
  const says = (...verdicts: Verdict[]) =>
    combineWindows(verdicts.map((v, i) => judged(v, 6 ** i))).assessment.verdict;
  assert.equal(says("leak", "stable"), "growing");
  assert.equal(says("leak", "growing"), "leak");
  assert.equal(says("leak", "leak", "sawtooth"), "leak");
  assert.equal(says("growing", "periodic"), "periodic");
  assert.equal(says("stable", "leak"), "leak");
  assert.equal(says("leak"), "leak");
});

Deno.test("the more series move, the surer a leak must be; many sure ones carry each other", () => {
  const one = judged("leak", 1, 3.5);
  assert.deepEqual(controlFalseDiscovery([one], 1), [true]);
  assert.deepEqual(controlFalseDiscovery([one], 1000), [false]);
  assert.deepEqual(controlFalseDiscovery([judged("leak", 1, 8), one], 1000), [true, false]);
  assert.deepEqual(controlFalseDiscovery(Array(500).fill(one), 1000), Array(500).fill(true));
  assert.deepEqual(controlFalseDiscovery([judged("stable", 1, 8)], 1), [false]);
  assert.ok(Math.abs(studentTail10(1.812) - 0.05) < 1e-4, "Student's table");
  assert.ok(Math.abs(studentTail10(4.144) - 0.001) < 1e-5, "Student's table");
});

Deno.test("the latest verdict does not depend on when it was asked for before", () => {
  // Descriptors that leak and are counted every 15 s: one count more or less is seen in the rate.
  const ask = (every: number, freshness?: "latest") => {
    const watched = new WatchedSeries({ unit: "count", min_rise: 32 });
    for (let second = 0; second <= 240; second++) {
      watched.push(1.7e9 + second, 5 * (second === 240 ? second : 15 * Math.floor(second / 15)));
      if (second % every === 0) watched.classify();
    }
    return watched.classify(null, freshness).rate_per_hour;
  };
  assert.deepEqual(ask(7, "latest"), ask(240, "latest"));
  assert.notDeepEqual(ask(7), ask(239), "else this test would prove nothing");
});
