import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { withdrawalReason } from "../../../rules/findings/withdrawals.ts";
import { classifySeries } from "../../../rules/detector/mod.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import { aProcess, MiB } from "./machine.ts";

const AGE = 7200;

/** A process that is two hours old when it is first seen, of so many MiB at each second since. */
function watch(mib: (t: number) => number, seconds: number) {
  const detector = new LeakDetector({ confirmations: 1 });
  const said: string[] = [];
  let withdrawn: string | undefined;
  for (let t = 0; t <= seconds; t += 10) {
    const process = aProcess(7, {
      anon_bytes: mib(t) * MiB,
      rss_bytes: mib(t) * MiB,
      started_at_seconds: -AGE,
    });
    detector.observe({ ...emptySample(), time_seconds: t, wall_seconds: t, processes: [process] });
    if (t % 60 !== 0) continue;
    const finding = detector.findings().find(({ kind }) => kind === "process-memory");
    said.push(finding?.verdict ?? "-");
    withdrawn = finding?.withdrawn;
  }
  return { said, withdrawn };
}

Deno.test("a leak that levels off is withdrawn, with the reason, for an hour", () => {
  const level = (t: number) => 100 + Math.min(t, 1800) / 18;
  const { said, withdrawn } = watch(level, 3600);
  ok(said.includes("leak"), said.join(" "));
  ok(said.at(-1) !== "leak", said.join(" "));
  match(withdrawn ?? "", /^(levelled off at|levels off at about) 200 MiB: it (was|may have been) filling$/);
  strictEqual(watch(level, 1800 + 4 * 3600).withdrawn, undefined);
});

Deno.test("what was never called a leak is not withdrawn, and a leak that goes on is not either", () => {
  strictEqual(watch((t) => t < 300 ? 100 : 130, 1800).withdrawn, undefined);
  strictEqual(watch((t) => 100 + t / 18, 3600).withdrawn, undefined);
});

Deno.test("a leak that has reached its limit was not filling", () => {
  const assessment = classifySeries([], [], { unit: "count" });
  strictEqual(
    withdrawalReason({ assessment, profile: null, value: 1024, limit: 1024 }, "count"),
    "reached its limit, 1,024, and cannot grow further",
  );
});

Deno.test("the reason says what the series does now", () => {
  const times = Array.from({ length: 600 }, (_, i) => i * 10);
  const reason = (value: (i: number) => number) => {
    const values = times.map((_, i) => value(i) * MiB);
    const assessment = classifySeries(times, values, { unit: "bytes" });
    return withdrawalReason({ assessment, profile: null, value: values.at(-1)!, limit: null }, "bytes");
  };
  match(reason(() => 48), /^levelled off at 48 MiB/);
  match(reason((i) => 300 - i / 4), /^fell back, to 150/);
  deepStrictEqual(reason((i) => 50 + i % 40).startsWith("fell back"), true);
});
