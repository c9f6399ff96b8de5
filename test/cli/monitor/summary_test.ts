import { completeFinding } from "../../make_finding.ts";
import assert from "node:assert/strict";
import { SessionStats } from "../../../cli/monitor/session_stats.ts";
import { RunningStats } from "../../../cli/monitor/running_stats.ts";
import { progressMessage } from "../../../cli/monitor/progress_line.ts";
import { summaryDocument, type SummaryInput } from "../../../cli/monitor/summary.ts";
import { renderText } from "../../../cli/report/text.ts";
import type { Alert, Finding } from "../../../model/finding.ts";
import { fullSample, MIB, processSample } from "../../store/samples.ts";

const leak = (pid: number, name: string): Finding =>
  completeFinding({
    kind: "process-memory",
    subject: { pid, start_ticks: 1000, name, unit: "app.service", container: null },
    verdict: "leak",
    severity: "critical",
    confidence: 0.97,
    rate_per_hour: { low: 88 * MIB, mid: 96 * MIB, high: 104 * MIB },
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "every third set a new floor",
    next_step: `jcmd ${pid} GC.heap_info`,
  });

const alert = (state: Alert["state"]): Alert => ({
  rule: "leak",
  severity: "critical",
  state,
  subject: "java (812)",
  value: 96,
  threshold: 0,
  message: "java (812) leaks 96 MiB/h",
  next_step: "jcmd 812 GC.heap_info",
  since: "2027-01-15T08:00:00Z",
  id: "leak:812",
});

/** A machine that used a little more with each of three samples, and saw one suspect come and one go. */
function watched(): { stats: SessionStats; input: SummaryInput } {
  const stats = new SessionStats();
  const sample = fullSample();
  sample.processes = [processSample({ pid: 812, name: "java", rss_bytes: 900 * MIB })];
  const own_rss = new RunningStats();
  const findings = [[], [leak(700, "nginx")], [leak(812, "java")]];
  findings.forEach((each, index) => {
    sample.memory!.available_bytes = (4096 - 100 * index) * MIB;
    sample.processes[0]!.anon_bytes = (40 + 8 * index) * MIB;
    sample.pressure!.memory!.some.total_microseconds += 500_000;
    sample.discontinuity = index === 2;
    stats.observe(sample, each, index === 2 ? [alert("firing")] : []);
    own_rss.add((60 + index) * MIB);
    sample.time_seconds += 5;
    sample.wall_seconds += 5;
  });
  return {
    stats,
    input: {
      version: "0.1.0",
      sample,
      stats,
      findings: findings[2]!,
      alerts: [alert("firing")],
      interval_seconds: 5,
      end_reason: "stopped",
      own: { cpu_seconds: 1.5, cpu_ratio: 0.01, rss_bytes: 62 * MIB, collectors: [] },
      own_rss,
      files: [{ path: "/var/log/memory-monitor/x_memory.log", bytes: 3 * MIB }],
      errors: [{ file: "/var/log/memory-monitor/x_swap.log", why: "no space left", lost_lines: 3 }],
      more: [],
    },
  };
}

Deno.test("summary: the verdict first, then the machine, alerts, trouble, cost and files", () => {
  const text = renderText(summaryDocument(watched().input), { color: false });
  const order = [
    "leakwatch 0.1.0 on db-7",
    "stopped early",
    "LEAK    java (812, app.service)",
    "→ look: jcmd 812 GC.heap_info",
    "MACHINE (8.0 GiB)",
    "EVIDENCE",
    "every third set a new floor",
    "ENDED (1)",
    "nginx (700",
    "TOP BY MEMORY",
    "ALERTS (1 firing)",
    "java (812) leaks 96 MiB/h",
    "WATCHING",
    "1 gap",
    "x_swap.log cannot be written: no space left; 3 lines lost",
    "COST",
    "60 MiB to 62 MiB",
    "FILES",
    "x_memory.log",
  ];
  const places = order.map((words) => text.indexOf(words));
  assert.ok(places.every((place) => place >= 0), order[places.indexOf(-1)]);
  assert.deepEqual(places, places.toSorted((a, b) => a - b), "in this order");
  assert.match(text, /available +3\.8 GiB +3\.9 GiB +4\.0 GiB +3\.8 GiB +−200 MiB/);
  assert.match(text, /stalled on memory 10 % of the time/);
  assert.match(text, /java +root +900 MiB .* \+16 MiB/);
  for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
});

Deno.test("summary: a quiet session says so in its first lines", () => {
  const { input } = watched();
  const stats = new SessionStats();
  input.sample.discontinuity = false;
  stats.observe(input.sample, [], []);
  const summary = () =>
    renderText(
      summaryDocument({ ...input, stats, findings: [], alerts: [], errors: [], end_reason: null }),
      { color: false },
    );
  assert.match(summary().split("\n\n")[1]!, /^unknown 1 process,.*1 sample in 0 s is too\s+little/s);
  for (let i = 0; i < 30; i++) {
    input.sample.wall_seconds += 2;
    stats.observe(input.sample, [], []);
  }
  const text = summary();
  assert.match(text.split("\n\n")[1]!, /^no leak 1 process,.*nothing grows\.$/s);
  assert.match(text, /ALERTS +none/);
  assert.match(text, /still running/);
  assert.match(text, /WATCHING +no gap, no late sample, every log written/);
});

Deno.test("session stats: a process is another one after an exec or with a pid used again", () => {
  const stats = new SessionStats();
  const sample = fullSample();
  const process = sample.processes[0]!;
  stats.observe(sample, [], []);
  process.anon_bytes += 5 * MIB;
  assert.equal(stats.growthOf(process), 5 * MIB);
  assert.equal(stats.growthOf({ ...process, start_ticks: 5 }), null);
  assert.equal(stats.growthOf({ ...process, exec_count: 9 }), null);
});

Deno.test("session stats: it keeps no more alerts than it can show", () => {
  const stats = new SessionStats();
  const sample = fullSample();
  for (let each = 0; each < 500; each++) stats.observe(sample, [], [alert("firing")]);
  assert.equal(stats.alert_changes.length + stats.alert_changes_dropped, 500);
  assert.ok(stats.alert_changes.length <= 200);
});

Deno.test("progress line: elapsed, left, memory, suspects", () => {
  assert.equal(
    progressMessage(720, 7200, "4.6 GiB available (29 %)", [leak(812, "java")]),
    "12 min, 1 h 48 min left · 4.6 GiB available (29 %) · 1 suspect: java +96 MiB/h",
  );
  assert.equal(progressMessage(5.7, null, "", []), "5 s, until Ctrl-C · no suspect");
});
