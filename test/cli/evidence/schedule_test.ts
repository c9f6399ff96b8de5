/** When a leaking process is profiled unasked. */

import assert from "node:assert/strict";
import { ProfileSchedule } from "../../../cli/evidence/schedule.ts";
import { finding } from "./samples.ts";

const NEAR = { time_to_limit_seconds: { low: 900, high: 1200, limit: "MemAvailable" } };
const occasions = (due: ReturnType<ProfileSchedule["due"]>) =>
  due.map(({ pid, occasion }) => [pid, occasion]);

Deno.test("evidence: once per process and day when confirmed, and again near the limit", () => {
  const schedule = new ProfileSchedule();
  assert.deepEqual(occasions(schedule.due([finding(812)], 0)), [[812, "confirmed"]]);
  assert.deepEqual(schedule.due([finding(812)], 60), []);
  assert.deepEqual(occasions(schedule.due([finding(812, NEAR)], 120)), [[812, "near-limit"]]);
  assert.deepEqual(schedule.due([finding(812, NEAR), finding(812)], 180), []);
  assert.deepEqual(occasions(schedule.due([finding(812)], 86_400)), [[812, "confirmed"]]);
});

Deno.test("evidence: confirmed near its limit is one profile, not two", () => {
  const schedule = new ProfileSchedule();
  assert.deepEqual(occasions(schedule.due([finding(812, NEAR)], 0)), [[812, "near-limit"]]);
  assert.deepEqual(schedule.due([finding(812)], 10), []);
});

Deno.test("evidence: what grows is looked into before its limit, though nobody can call it a leak yet", () => {
  const schedule = new ProfileSchedule();
  const growing = finding(812, { verdict: "growing", ...NEAR });
  assert.deepEqual(occasions(schedule.due([growing], 0)), [[812, "near-limit"]]);
});

Deno.test("evidence: what merely grows, and what is no process, is left alone", () => {
  const schedule = new ProfileSchedule();
  const container = { pid: null, start_ticks: null, name: "shop", unit: null, container: "abc" };
  assert.deepEqual(
    schedule.due([
      finding(1, { verdict: "growing" }),
      finding(2, { kind: "container-memory", subject: container }),
    ], 0),
    [],
  );
  assert.equal(schedule.due([finding(3, { kind: "process-descriptors", unit: "count" })], 0).length, 1);
});

Deno.test("evidence: a machine on which everything leaks is not profiled all day", () => {
  const schedule = new ProfileSchedule();
  const all = Array.from({ length: 100 }, (_, pid) => finding(pid + 1));
  assert.equal(schedule.due(all, 0).length, 48);
  assert.equal(schedule.due(all, 3600).length, 0);
  // Another program under an old number is another process.
  assert.equal(
    schedule.due([finding(1, { subject: { ...all[0]!.subject, start_ticks: 99 } })], 90_000).length,
    1,
  );
});
