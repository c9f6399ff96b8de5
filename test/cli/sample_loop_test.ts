import assert from "node:assert/strict";
import { emptySample } from "../../model/empty_sample.ts";
import { type Clock, SYSTEM_CLOCK } from "../../cli/clock.ts";
import { type SampleSource, watch } from "../../cli/sample_loop.ts";

/** A clock that moves only when the loop sleeps or a test pushes it. */
class FakeClock implements Clock {
  monotonic = 100;
  wall = 1_700_000_000;
  /** Timers fire this much before their time, once. */
  early = 0;
  monotonicSeconds = () => this.monotonic;
  wallSeconds = () => this.wall;
  sleep = (seconds: number) => {
    this.pass(Math.max(0, seconds > this.early ? seconds - this.early : seconds));
    return Promise.resolve();
  };
  pass(seconds: number): void {
    this.monotonic += seconds;
    this.wall += seconds;
  }
}

function source(onTake: (pass: number, force: boolean) => void = () => {}): SampleSource {
  const sample = emptySample();
  let pass = 0;
  return {
    sample,
    take(force = false) {
      onTake(pass++, force);
      return sample;
    },
    close() {},
  };
}

interface Seen {
  time: number;
  gap: boolean;
  late: number;
}

async function run(
  options: {
    interval: number;
    duration: number | null;
    onTake?: (clock: FakeClock, pass: number) => void;
    stopAfter?: number;
    /** After the wall clock of the start. */
    not_before?: number;
  },
) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const seen: Seen[] = [];
  const begin = clock.wall;
  const end = await watch({
    source: source((pass) => options.onTake?.(clock, pass)),
    interval_seconds: options.interval,
    duration_seconds: options.duration,
    signal: stop.signal,
    clock,
    pipeline: { evaluate: (sample) => ({ sample, findings: [], alerts: [], changes: [] }) },
    not_before_seconds: options.not_before === undefined ? undefined : begin + options.not_before,
    observers: [{
      observe({ sample }) {
        seen.push({
          time: Math.round((sample.time_seconds - begin) * 1000) / 1000,
          gap: sample.discontinuity,
          late: Math.round(sample.lag_seconds * 1000) / 1000,
        });
        if (seen.length === options.stopAfter) stop.abort();
      },
    }],
  });
  return { seen, end };
}

Deno.test("watch: samples at both ends of the window and on schedule between", async () => {
  const { seen, end } = await run({ interval: 15, duration: 60 });
  assert.deepEqual(seen.map((each) => each.time), [0, 15, 30, 45, 60]);
  assert.equal(end.reason, "duration");
});

Deno.test("watch: an axis that goes on from an earlier run never goes back, though the wall clock did", async () => {
  const { seen } = await run({ interval: 15, duration: 30, not_before: 7200 });
  assert.deepEqual(seen.map((each) => each.time), [7200, 7215, 7230]);
});

Deno.test("clock: a sleep of more than 24.8 days does not end at once", async () => {
  const stop = new AbortController();
  let isOver = false;
  const sleep = SYSTEM_CLOCK.sleep(100 * 86_400, stop.signal).then(() => isOver = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isOver, false);
  stop.abort();
  await sleep;
});

Deno.test("watch: a timer that fires early takes no sample early", async () => {
  const { seen } = await run({ interval: 15, duration: 60, onTake: (clock) => clock.early = 0.0007 });
  assert.deepEqual(seen.map((each) => each.time), [0, 15, 30, 45, 60]);
});

Deno.test("watch: a slow pass does not shift the schedule, and says that it is late", async () => {
  const { seen } = await run({
    interval: 5,
    duration: 20,
    onTake: (clock, pass) => pass === 1 && clock.pass(7),
  });
  assert.deepEqual(seen.map((each) => each.time), [0, 5, 12, 15, 20]);
  assert.deepEqual(seen.map((each) => each.late), [0, 0, 2, 0, 0]);
  assert.ok(seen.every((each) => !each.gap));
});

Deno.test("watch: a suspend is a gap on the time axis", async () => {
  const { seen } = await run({
    interval: 5,
    duration: 15,
    onTake: (clock, pass) => pass === 1 && (clock.wall += 3600),
  });
  assert.deepEqual(seen.map((each) => each.gap), [false, false, true, false]);
  assert.deepEqual(seen.map((each) => each.time), [0, 5, 3610, 3615]);
});

Deno.test("watch: a wall clock set back is a gap, and the time axis goes on", async () => {
  const { seen } = await run({
    interval: 5,
    duration: 15,
    onTake: (clock, pass) => pass === 1 && (clock.wall -= 600),
  });
  assert.deepEqual(seen.map((each) => each.gap), [false, false, true, false]);
  assert.deepEqual(seen.map((each) => each.time), [0, 5, 10, 15]);
});

Deno.test("watch: the window ends on time where the interval does not divide it", async () => {
  const { seen } = await run({ interval: 7, duration: 20 });
  assert.deepEqual(seen.map((each) => each.time), [0, 7, 14, 20]);
});

Deno.test("watch: a duration of 0 takes one sample", async () => {
  const { seen } = await run({ interval: 5, duration: 0 });
  assert.equal(seen.length, 1);
});

Deno.test("watch: stopping takes a last sample and reports why", async () => {
  const { seen, end } = await run({ interval: 5, duration: null, stopAfter: 3 });
  assert.equal(end.reason, "stopped");
  assert.equal(seen.length, 4);
});
