import assert from "node:assert/strict";
import type { Finding } from "../../../model/finding.ts";
import { groupAlike } from "../../../rules/findings/groups.ts";
import { completeFinding } from "../../make_finding.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { aProcess, MiB, samples } from "./machine.ts";

/** What grows among programs of one cgroup: program and number. */
function found(commands: readonly (string | null)[], name: string): [string, number][] {
  const watch = new LeakDetector();
  for (
    const sample of samples(120, 5, (sample, i) => {
      sample.processes = commands.map((command, k) =>
        aProcess(100 + k, {
          name,
          command,
          cgroup: "/user.slice/session-1.scope",
          anon_bytes: (50 + (2 + k / 100) * i) * MiB,
        })
      );
    })
  ) watch.observe(sample);
  return watch.findings().map(({ subject, count }) => [commands[subject.pid! - 100] ?? "unknown", count]);
}

Deno.test("groups: unlike programs of one interpreter are findings of their own", () => {
  const scripts = ["python3 /srv/shop.py", "python3 /srv/mail.py --queue a", "python3 -u /srv/thumbs.py"];
  assert.deepEqual(found(scripts, "python3").toSorted(), scripts.map((script) => [script, 1]).toSorted());
  const classes = ["java -Xmx1g -cp a.jar Shop", "java -cp b.jar:c.jar Mail", "java -jar /opt/thumbs.jar"];
  assert.equal(found(classes, "java").length, 3);
});

Deno.test("groups: workers of one program are one finding, whatever their arguments", () => {
  const workers = Array.from({ length: 20 }, (_, k) => `python3 /srv/worker.py --id ${k}`);
  assert.deepEqual(found(workers, "python3").map(([, count]) => count), [20]);
  // Programs that write what they do over their arguments.
  const backends = Array.from({ length: 20 }, (_, k) => `postgres: app shop 10.0.0.${k}(5432) SELECT`);
  assert.deepEqual(found(backends, "postgres").map(([, count]) => count), [20]);
});

Deno.test("groups: three scripts, one of them with twenty workers", () => {
  const workers = Array.from({ length: 20 }, () => "node /srv/api/worker.js");
  const counts = found(["node /srv/mail.js", "node /srv/feed.js", ...workers], "node").map(([, n]) => n);
  assert.deepEqual(counts.toSorted((a, b) => a - b), [1, 1, 20]);
});

Deno.test("groups: together they fill the machine's memory sooner than the fastest alone, not a limit of its own", () => {
  const MIB = 2 ** 20;
  const worker = (pid: number, limit: string): Finding =>
    completeFinding({
      kind: "process-memory",
      subject: { pid, start_ticks: pid, name: "worker", unit: "shop.service", container: null },
      verdict: "leak",
      severity: "warning",
      confidence: 0.9,
      rate_per_hour: { low: 80 * MIB, mid: 100 * MIB, high: 120 * MIB },
      unit: "bytes",
      time_to_limit_seconds: { low: 200_000, high: null, limit },
      evidence: "",
      next_step: "",
    });
  const timeOf = (limit: string) =>
    groupAlike(Array.from({ length: 20 }, (_, i) => worker(100 + i, limit))).map((one) =>
      one.time_to_limit_seconds
    );
  assert.deepEqual(timeOf("MemAvailable"), [{ low: 10_000, high: null, limit: "MemAvailable" }]);
  assert.deepEqual(timeOf("-Xmx"), [{ low: 200_000, high: null, limit: "-Xmx" }]);
});

Deno.test("groups: whose arguments cannot be read go by their name", () => {
  assert.deepEqual(found([null, null, null], "python3").map(([, count]) => count), [3]);
});
