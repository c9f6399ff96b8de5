/** The observer: one at a time, never waited for, written between samples, ended in order. */

import assert from "node:assert/strict";
import { SuspectProfiler } from "../../../cli/evidence/suspect_profiler.ts";
import type { takeEvidence } from "../../../cli/evidence/take_evidence.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import type { Evaluation } from "../../../model/evaluation.ts";
import type { Finding } from "../../../model/finding.ts";
import type { ProfileEvidence } from "../../../model/profile_evidence.ts";
import { evidence, finding } from "./samples.ts";

/** A profiler whose profiles last until `finish` is called or the watch ends. */
function watched() {
  const written: ProfileEvidence[] = [];
  const began: number[] = [];
  let finish = () => {};
  const take: typeof takeEvidence = (due, { signal }) => {
    began.push(due.pid);
    return new Promise((resolve) => {
      finish = () => resolve(evidence(undefined, due));
      signal.addEventListener("abort", finish);
    });
  };
  const profiler = new SuspectProfiler({
    seconds: 1,
    allowed: {},
    procRoot: "/proc",
    sysRoot: "/sys",
    write: (one) => written.push(one),
    say: () => {},
    take,
  });
  const observe = (findings: Finding[], available_bytes = 2 ** 32, time_seconds = 0) => {
    const sample = { ...emptySample(), time_seconds, memory: { available_bytes } };
    profiler.observe({ sample, findings, alerts: [], changes: [] } as unknown as Evaluation);
  };
  return { profiler, observe, began, written, finish: () => finish() };
}

/** Lets what is resolved go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("suspect profiler: one process at a time, and no sample waits", async () => {
  const { observe, began, written, finish, profiler } = watched();
  const suspects = [finding(1), finding(2)];
  observe(suspects);
  observe(suspects);
  assert.deepEqual(began, [1]);
  finish();
  await settle();
  assert.deepEqual(written, []); // the loop writes, between two samples
  observe(suspects);
  assert.deepEqual(written.map(({ pid }) => pid), [1]);
  assert.deepEqual(began, [1, 2]);
  assert.deepEqual(profiler.taken().map(({ pid }) => pid), [1]);
  await profiler.close();
});

Deno.test("suspect profiler: the end of the watch ends what runs and keeps what it told", async () => {
  const { observe, began, written, profiler } = watched();
  observe([finding(1), finding(2)]);
  await profiler.close();
  assert.deepEqual(began, [1]);
  assert.deepEqual(written.map(({ pid }) => pid), [1]);
});

Deno.test("suspect profiler: short of memory it waits for better times", async () => {
  const { observe, began, profiler } = watched();
  const suspects = [finding(1)];
  observe(suspects, 100 * 2 ** 20);
  assert.deepEqual(began, []);
  observe(suspects);
  assert.deepEqual(began, [1]);
  await profiler.close();
});
