import assert from "node:assert/strict";
import {
  Bench,
  makeContainer,
  makeFinding,
  makeMemory,
  makeProcess,
  makeSample,
  makeUnit,
  MiB,
  rulesOf,
  short,
  START,
} from "./make.ts";
import { SCOPES, VARIABLES } from "../../../rules/alerts/variables.ts";
import { AlertEngine } from "../../../rules/alerts/engine.ts";

const HIGH = `
builtin: false
parameters: {high: 80}
rules:
  - name: high
    scope: system
    when: memory_used_percent > parameters.high
    until: memory_used_percent < parameters.high - 5
    for: 30s
    severity: warning
    value: memory_used_percent
    threshold: parameters.high
    message: "{memory_used_percent} used"
    next_step: look
`;

const MEMORY = (extra = "") => `
builtin: false
rules:
  - name: high
    scope: system
    when: memory_used_percent > 80
    severity: warning
    message: "{memory_used_percent} used"
    next_step: look
    ${extra}
`;

Deno.test("engine: an alert waits for its time, fires once, and ends below its margin", () => {
  const bench = new Bench(HIGH);
  assert.deepEqual(bench.used(0, 85), []);
  assert.equal(bench.engine.active()[0]!.state, "pending");
  assert.deepEqual(bench.used(15, 85), []);
  const [change] = bench.step(15, { memory: makeMemory(85) });
  assert.deepEqual(
    [change!.alert.state, change!.alert.value, change!.alert.threshold, change!.alert.message],
    ["firing", 85, 80, "85 % used"],
  );
  assert.equal(change!.alert.since, new Date((START + 30) * 1000).toISOString().replace(".000", ""));
  assert.deepEqual(bench.used(15, 90), [], "no repeat while it fires");
  assert.equal(bench.engine.active()[0]!.value, 90, "the value stays current");
  assert.deepEqual(bench.used(15, 78), [], "within the margin it still fires");
  assert.deepEqual(bench.used(15, 74), ["high resolved system"]);
  assert.deepEqual(bench.engine.active(), []);
  assert.deepEqual(bench.engine.history().map(({ state }) => state), ["firing", "resolved"]);
  assert.match(bench.engine.history()[1]!.message, /^over after 45 s: 85 % used$/);
  assert.equal(bench.engine.history()[0]!.id, bench.engine.history()[1]!.id);
});

Deno.test("engine: a pending alert that is over before its time says nothing", () => {
  const bench = new Bench(HIGH);
  bench.used(0, 85);
  bench.used(15, 70);
  assert.deepEqual(bench.engine.active(), []);
  assert.deepEqual(bench.used(15, 85), []);
  assert.deepEqual(bench.used(29, 85), []);
  assert.deepEqual(bench.used(1, 85), ["high firing system"]);
});

Deno.test("engine: keep_firing_for bridges a short recovery", () => {
  const bench = new Bench(MEMORY("keep_firing_for: 1m"));
  assert.deepEqual(bench.used(0, 85), ["high firing system"]);
  assert.deepEqual(bench.used(10, 70), []);
  assert.deepEqual(bench.used(10, 85), []);
  assert.deepEqual(bench.used(10, 70), []);
  assert.deepEqual(bench.used(59, 70), []);
  assert.deepEqual(bench.used(1, 70), ["high resolved system"]);
});

Deno.test("engine: what comes and goes is held after the third time within the hour", () => {
  const bench = new Bench(MEMORY());
  const changes = [];
  for (let i = 0; i < 60; i++) changes.push(...bench.used(30, i % 2 ? 70 : 85));
  assert.equal(changes.filter((change) => change.includes("firing")).length, 3);
  assert.equal(changes.filter((change) => change.includes("resolved")).length, 2);
  assert.match(bench.engine.active()[0]!.message, /flapping/);
  assert.deepEqual(bench.used(14 * 60, 70), []);
  assert.deepEqual(bench.used(60, 70), ["high resolved system"]);
});

Deno.test("engine: a process is its pid and start; another one with the pid is another alert", () => {
  const bench = new Bench(`
builtin: false
rules:
  - name: big
    scope: process
    when: rss_bytes > 100.0 * 1048576
    severity: warning
    message: "{name} ({pid}) has {rss_bytes}"
    next_step: look
`);
  const big = (start_ticks: number) => [makeProcess(7, { start_ticks, rss_bytes: 200 * MiB })];
  assert.deepEqual(bench.step(0, { processes: big(1) }).map(short), ["big firing p7 (7)"]);
  const changes = bench.step(5, { processes: big(2) });
  assert.deepEqual(changes.map(short).sort(), ["big firing p7 (7)", "big resolved p7 (7)"]);
  assert.notEqual(changes[0]!.alert.id, changes[1]!.alert.id);
  const [gone] = bench.step(5, { processes: [] });
  assert.match(gone!.alert.message, /^over after 5 s, the process ended: p7 \(7\) has 200 MiB$/);
});

Deno.test("engine: names from outside reach a message as one printable line", () => {
  const bench = new Bench(`
builtin: false
rules:
  - {name: any, scope: process, when: pid > 0, severity: info, message: "{name} grew", next_step: "kill {name}"}
`);
  const [change] = bench.step(0, { processes: [makeProcess(1, { name: "a\n\u001b[31m\u202e<script>" })] });
  assert.equal(change!.alert.message, "a\\n\\x1b[31m\\u202e<script> grew");
  const { message, subject, id } = change!.alert;
  for (const unsafe of ["\n", "\u001b", "\u202e"]) assert.ok(!`${message}${subject}${id}`.includes(unsafe));
});

Deno.test("engine: findings fire and, once they are not repeated, end; unjudged samples change nothing", () => {
  const bench = new Bench("disable: [exhaustion]");
  const leak = [makeFinding()];
  const [change] = bench.step(0, {}, { findings: leak });
  assert.equal(change!.alert.rule, "leak");
  assert.equal(
    change!.alert.message,
    "java (812) leaks 96 MiB/h, 97 % sure",
  );
  assert.equal(change!.alert.next_step, "jcmd 812 GC.heap_info");
  assert.deepEqual(bench.step(60, {}, { findings: null }), []);
  assert.deepEqual(bench.step(600, {}, { findings: leak }), []);
  assert.deepEqual(bench.step(60, {}, { findings: [] }), []);
  assert.deepEqual(bench.step(300, {}, { findings: [] }).map(short), ["leak resolved java (812)"]);
});

Deno.test("engine: quiet hours hold what is not critical, and send it when they end if it still fires", () => {
  const local = new Date(2026, 10, 20, 23, 0, 0).getTime() / 1000;
  const bench = new Bench(
    MEMORY().replace("builtin: false", "builtin: false\nquiet_hours: [{from: '22:00', to: '06:00'}]"),
  );
  bench.time = local;
  const at = (seconds: number, percent: number) =>
    bench.step(seconds, { memory: makeMemory(percent) }).map(({ alert, route }) => `${alert.state} ${route}`);
  assert.deepEqual(at(0, 85), ["firing log"]);
  assert.deepEqual(at(60, 70), ["resolved log"]);
  assert.deepEqual(at(60, 85), ["firing log"]);
  assert.deepEqual(at(6 * 3600, 85), []);
  assert.deepEqual(at(3600, 85), ["firing notify"]);
  assert.deepEqual(at(60, 85), []);
  assert.deepEqual(at(60, 70), ["resolved all"]);
});

Deno.test("engine: a log that cannot be written and a sink that fails are alerts", () => {
  const bench = new Bench("");
  const log_errors = [{ name: "memory.log", why: "no space left on device" }];
  const sink_errors = [{ name: "pager", why: "answered 503" }];
  assert.deepEqual(bench.step(0, {}, { log_errors, sink_errors }).map(short), [
    "log-unwritable firing memory.log",
  ]);
  assert.deepEqual(bench.step(30, {}, { log_errors, sink_errors }).map(short), [
    "sink-failing firing pager",
  ]);
  assert.deepEqual(bench.step(30, {}, { log_errors: [], sink_errors: [] }).map(short).sort(), [
    "log-unwritable resolved memory.log",
    "sink-failing resolved pager",
  ]);
});

Deno.test("engine: evaluateOnce does not wait and changes nothing", () => {
  const engine = new AlertEngine(rulesOf(HIGH));
  const input = { sample: makeSample(START, { memory: makeMemory(85) }), findings: [] };
  assert.deepEqual(engine.evaluateOnce(input).map(({ rule, state, value }) => [rule, state, value]), [
    ["high", "firing", 85],
  ]);
  assert.deepEqual(engine.active(), []);
  assert.deepEqual(engine.evaluateOnce(input).length, 1);
});

Deno.test("engine: a suspend is no time in which a condition held", () => {
  const bench = new Bench(HIGH);
  bench.used(0, 85);
  assert.deepEqual(bench.step(3600, { memory: makeMemory(85), discontinuity: true }), []);
  assert.deepEqual(bench.used(29, 85), []);
  assert.deepEqual(bench.used(1, 85), ["high firing system"]);
});

Deno.test("engine: state survives as JSON within a boot, and ends with it", () => {
  const bench = new Bench(HIGH);
  bench.used(0, 85);
  bench.used(30, 85);
  const state = JSON.parse(JSON.stringify(bench.engine));

  const next = new Bench(HIGH);
  next.time = bench.time;
  assert.equal(next.engine.restore(state, "boot-1"), true);
  assert.deepEqual(JSON.parse(JSON.stringify(next.engine)).instances, state.instances);
  assert.deepEqual(next.used(10, 85), [], "it fires already");
  assert.deepEqual(next.used(10, 10), ["high resolved system"]);

  const after = new Bench(HIGH);
  assert.equal(after.engine.restore(state, "boot-2"), true);
  const [over] = after.step(100, {});
  assert.match(over!.alert.message, /^over after 1 min 10 s, the machine was restarted: /);
  assert.equal(after.engine.restore({ schema: "else" }, "boot-1"), false);
});

Deno.test("engine: reloaded rules keep their alerts; those of rules that are gone end", () => {
  const bench = new Bench(
    MEMORY() +
      HIGH.split("rules:")[1]!.replace("name: high", "name: other").replace("parameters.high", "80")
        .replaceAll("parameters.high", "80"),
  );
  assert.deepEqual(bench.used(0, 85), ["high firing system"]);
  assert.deepEqual(bench.used(30, 85), ["other firing system"]);
  bench.engine.reload(rulesOf(MEMORY()));
  assert.deepEqual(bench.used(30, 85), ["other resolved system"]);
  assert.deepEqual(bench.used(30, 10), ["high resolved system"]);
});

Deno.test("engine: alerts are bounded, and those beyond the bound are counted", () => {
  const bench = new Bench(
    "builtin: false\nrules: [{name: any, scope: process, when: pid > 0, severity: info, message: m, next_step: n}]",
  );
  const processes = Array.from({ length: 800 }, (_, pid) => makeProcess(pid + 1));
  assert.equal(bench.step(0, { processes }).length, 500);
  assert.deepEqual(bench.engine.turnedAway, { critical: 0, warning: 0, info: 300 });
  assert.equal(bench.engine.history().length, 200);
  assert.equal(bench.step(5, { processes: [] }).length, 500);
  assert.deepEqual(bench.engine.active(), []);
});

Deno.test("engine: the many of one severity or of one rule do not silence the others", () => {
  const rule = (name: string, when: string, severity: string) =>
    `{name: ${name}, scope: process, when: ${when}, severity: ${severity}, message: m, next_step: n}`;
  const bench = new Bench(
    `rules: [${rule("many", "pid > 0", "critical")}, ${rule("few", "pid > 790", "critical")}, ${
      rule("news", "pid > 0", "info")
    }]`,
  );
  const processes = Array.from({ length: 800 }, (_, pid) => makeProcess(pid + 1));
  const vmstat = (oom_kills: number) => ({
    swap_in_bytes: 0,
    swap_out_bytes: 0,
    oom_kills,
    direct_reclaim_scanned_pages: null,
    kswapd_scanned_pages: null,
    major_faults: null,
  });
  bench.step(0, { processes, vmstat: vmstat(3) });
  const changes = bench.step(5, { processes, vmstat: vmstat(4) });
  const firing = Object.groupBy(bench.engine.active(), ({ rule }) => rule);
  assert.equal(firing.many?.length, 500);
  assert.equal(firing.few?.length, 5);
  assert.equal(firing.news?.length, 500);
  assert.deepEqual(bench.engine.turnedAway, { critical: 305, warning: 0, info: 300 });
  assert.ok(changes.some(({ alert }) => alert.rule === "oom-kill" && alert.state === "firing"));
  assert.match(firing["alerts-turned-away"]![0]!.message, /^605 more alert/);
});

Deno.test("engine: every variable that rules may ask for is there", () => {
  for (const scope of SCOPES) {
    const rules = Object.entries(VARIABLES[scope]).map(([name, { type }], index) => ({
      name: `r${index}`,
      scope,
      when: type === "text" ? `${name} != "none"` : `${name} != 4711`,
      severity: "info",
      message: `{${name}}`,
      next_step: "n",
    }));
    const bench = new Bench(JSON.stringify({ builtin: false, rules }));
    const changes = bench.step(0, {
      memory: makeMemory(50),
      processes: [makeProcess(1)],
      containers: [makeContainer()],
      units: [makeUnit()],
    }, {
      findings: [makeFinding()],
      log_errors: [{ name: "l", why: "w" }],
      sink_errors: [{ name: "s", why: "w" }],
      own: { rss_bytes: 1, cpu_seconds: 1 },
    });
    assert.deepEqual(bench.engine.errors(), []);
    assert.equal(changes.length, rules.length, scope);
    for (const { alert } of changes) assert.doesNotMatch(alert.message, /undefined|NaN/);
  }
});

Deno.test("engine: a withdrawn finding's alert says why, and one whose process is gone says that", () => {
  const bench = new Bench("disable: [exhaustion]");
  const leak = makeFinding();
  const withdrawn = "levelled off at 48 MiB: it was filling";
  bench.step(0, {}, { findings: [leak] });
  const still = { ...leak, verdict: "stable" as const, withdrawn };
  const processes = [makeProcess(leak.subject.pid!, { start_ticks: leak.subject.start_ticks! })];
  bench.step(60, { processes }, { findings: [still] });
  const [over] = bench.step(400, { processes }, { findings: [still] });
  assert.match(
    over!.alert.message,
    /^over after .*, withdrawn: levelled off at 48 MiB: it was filling: java/,
  );
  assert.equal(over!.alert.service, leak.subject.unit);

  bench.step(10, { processes }, { findings: [leak] });
  bench.step(10, { processes: [] }, { findings: [] });
  const [gone] = bench.step(400, { processes: [] }, { findings: [] });
  assert.match(gone!.alert.message, /, the process ended: java/);
});
