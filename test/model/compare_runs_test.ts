import assert from "node:assert/strict";
import { compareRuns, comparisonHeadline, type Run } from "../../model/compare_runs.ts";
import type { Finding } from "../../model/finding.ts";
import { completeFinding } from "../make_finding.ts";

const MIB = 2 ** 20;

const leak = (name: string, mid: number, more: Partial<Finding> = {}): Finding =>
  completeFinding({
    kind: "process-memory",
    subject: { pid: 7 + mid, start_ticks: 1, name, unit: "app.service", container: null },
    verdict: "leak",
    severity: "warning",
    confidence: 0.97,
    rate_per_hour: { low: mid * 0.9 * MIB, mid: mid * MIB, high: mid * 1.1 * MIB },
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "it rose",
    next_step: "",
    ...more,
  });

const run = (findings: Finding[], seconds = 7200, names: string[] = ["java", "nginx"]): Run => ({
  findings,
  seconds,
  process_names: new Set(names),
});

const headline = (a: Run, b: Run) => comparisonHeadline(compareRuns(a, b), a, b);

Deno.test("compare: a leak that is gone, though the pid is another", () => {
  assert.equal(headline(run([leak("java", 120)]), run([])), "Leak gone: java (app.service) 120 MiB/h → 0.");
  assert.equal(headline(run([]), run([])), "No leak in either.");
  assert.equal(headline(run([]), run([], 120)), "No leak in either. In 2 min only a fast leak shows.");
});

Deno.test("compare: what is left, what is new, and which way it went", () => {
  const changes = compareRuns(
    run([leak("java", 120), leak("nginx", 10)]),
    run([leak("java", 60), leak("nginx", 10.5), leak("redis", 5)]),
  );
  assert.deepEqual(changes.map(({ subject, outcome }) => [subject, outcome]), [
    ["redis (app.service)", "new"],
    ["nginx (app.service)", "same"],
    ["java (app.service)", "slower"],
  ]);
  assert.match(
    headline(run([leak("java", 120)]), run([leak("java", 60)])),
    /^Still leaking: java \(app\.service\) 120 MiB\/h → 60 MiB\/h\.$/,
  );
});

Deno.test("compare: what does not run is not called gone, and a short second run is said to be short", () => {
  assert.equal(
    headline(run([leak("java", 120)]), run([], 7200, ["nginx"])),
    "Not running in the second: java (app.service).",
  );
  assert.match(
    headline(run([leak("java", 120)]), run([], 600)),
    /Leak gone: .* The second is short: 10 min against 2 h\.$/,
  );
});

Deno.test("compare: workers count together, effects and what merely grows do not count", () => {
  const growing = leak("cron", 3, { verdict: "growing" });
  const effect = leak("slab", 4, { caused_by: "x" });
  const a = run([leak("java", 50), leak("java", 70), growing, effect]);
  assert.equal(headline(a, run([])), "Leak gone: java (app.service) 120 MiB/h → 0.");
});
