import { ok, strictEqual } from "node:assert";
import { Buckets } from "../../../rules/detector/mod.ts";
import { growthProfile, type WorkMark } from "../../../rules/findings/growth_profile.ts";

const MiB = 2 ** 20, ORIGIN = 5000;

/** A server that keeps 1 MiB per second of CPU time; `load`: share of a CPU at each second. */
function server(load: (t: number) => number): { columns: ReturnType<Buckets["columns"]>; marks: WorkMark[] } {
  const buckets = new Buckets(), marks: WorkMark[] = [];
  let cpu = 100;
  for (let t = 0; t <= 660; t++) {
    cpu += load(t);
    buckets.push(ORIGIN + t, cpu * MiB);
    if (t % 60 === 0) marks.push({ at: ORIGIN + t, cpu_seconds: cpu });
  }
  return { columns: buckets.columns(), marks };
}

Deno.test("a straight line has half of its rise in its second half", () => {
  const { columns, marks } = server(() => 0.1);
  const { rate_per_hour, second_half, work } = growthProfile(columns, marks, ORIGIN)!;
  ok(Math.abs(rate_per_hour / MiB - 360) < 2, `${rate_per_hour / MiB}`);
  ok(Math.abs(second_half - 0.5) < 0.01);
  ok(Math.abs(work!.second_half - 0.5) < 0.02);
  ok(Math.abs(work!.rate_per_cpu_second / MiB - 1) < 0.02);
});

Deno.test("a leak whose load falls slows down against the clock, but not against its work", () => {
  const { columns, marks } = server((t) => t < 330 ? 0.2 : 0.04);
  const { second_half, work } = growthProfile(columns, marks, ORIGIN)!;
  ok(second_half < 0.25, `${second_half}`);
  ok(Math.abs(work!.second_half - 0.5) < 0.05, `${work!.second_half}`);
});

Deno.test("a cache that fills while its load goes on levels off against both", () => {
  const buckets = new Buckets(), marks: WorkMark[] = [];
  for (let t = 0; t <= 660; t++) {
    buckets.push(ORIGIN + t, Math.min(t, 300) * MiB);
    if (t % 60 === 0) marks.push({ at: ORIGIN + t, cpu_seconds: t / 10 });
  }
  const { second_half, work } = growthProfile(buckets.columns(), marks, ORIGIN)!;
  ok(second_half < 0.1, `${second_half}`);
  ok(work!.second_half < 0.1, `${work!.second_half}`);
});

Deno.test("without CPU time, or with next to none, nothing is said about work", () => {
  const { columns, marks } = server(() => 0.0005);
  strictEqual(growthProfile(columns, marks, ORIGIN)!.work, null);
  strictEqual(growthProfile(columns, [], ORIGIN)!.work, null);
  strictEqual(growthProfile(server(() => 0.1).columns, marks.slice(-2), ORIGIN)!.work, null);
});
