/** The shipped rules are those in force, Prometheus accepts them, and each fires on what it is about. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { exportPrometheus } from "../../rules/alerts/prometheus/mod.ts";
import { requires } from "../requires.ts";
import { rulesOf } from "../rules/alerts/make.ts";

const DIRECTORY = fileURLToPath(new URL("../../deploy/prometheus", import.meta.url));

async function promtool(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("promtool", { args }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  return said;
}

interface ExportedRule {
  alert?: string;
  expr: string;
  for?: string;
  annotations?: Record<string, string>;
}

const rulesIn = (text: string): ExportedRule[] =>
  parse(text).groups.flatMap((group: { rules: ExportedRule[] }) => group.rules);

Deno.test("deploy: the rules file is `rules --export prometheus`, so `deno task golden` keeps it", () => {
  const text = exportPrometheus(builtinRules());
  if (Deno.env.get("LEAKWATCH_GOLDEN") === "write") {
    Deno.writeTextFileSync(`${DIRECTORY}/leakwatch.rules.yml`, text);
  }
  assert.equal(Deno.readTextFileSync(`${DIRECTORY}/leakwatch.rules.yml`), text);
});

Deno.test("deploy: every alert has a test, and no message has a hole", () => {
  const rules = rulesIn(exportPrometheus(builtinRules()));
  const tested = new Set(
    parse(Deno.readTextFileSync(`${DIRECTORY}/leakwatch.test.yml`)).tests
      .flatMap((test: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }) =>
        test.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0)
      ).map(({ alertname }: { alertname: string }) => alertname),
  );
  for (const { alert, annotations } of rules) {
    if (alert === undefined) continue;
    assert.ok(tested.has(alert), `no test in which ${alert} fires`);
    for (const text of Object.values(annotations!)) assert.doesNotMatch(text, /…|\{[a-z_]+\}/, alert);
  }
});

Deno.test("deploy: of two figures that a condition compares a message says the one that the alert holds", () => {
  const set = rulesOf(`rules:
  - {name: mine, scope: process, when: growth_bytes > 5 && growth_percent > 10, severity: info, next_step: look, message: "{name} grew by {growth_bytes} ({growth_percent}) and has {threads} threads"}`);
  const { summary } = rulesIn(exportPrometheus(set)).find(({ alert }) => alert === "LeakwatchMine")!
    .annotations!;
  assert.match(
    summary!,
    /^\{\{ \$labels\.name \}\} grew by \{\{ \$value \| humanize1024 \}\}B and has .* threads$/,
  );
});

Deno.test("deploy: what only leakwatch knows is left out of a message of one's own, or named", () => {
  const set = rulesOf(`rules:
  - {name: mine, scope: process, when: rss_bytes > 5, severity: info, next_step: "{command}", message: "{name} of {user} grew: {command}; {rss_bytes}"}`);
  const rule = rulesIn(exportPrometheus(set)).find(({ alert }) => alert === "LeakwatchMine")!;
  assert.equal(
    rule.annotations!["summary"],
    "{{ $labels.name }} of its user grew; {{ $value | humanize1024 }}B",
  );
  assert.equal(rule.annotations!["next_step"], "leakwatch analyze");
});

Deno.test("deploy: rates are taken over five scrapes", () => {
  for (const [seconds, range] of [[15, "75s"], [60, "5m"], [300, "25m"]] as const) {
    const text = exportPrometheus(builtinRules(), { scrape_interval_seconds: seconds });
    const ranges = [...text.matchAll(/(?:rate|increase)\([^[]*\[([^\]]*)\]/g)].map(([, each]) => each);
    assert.ok(ranges.length > 8);
    assert.deepEqual([...new Set(ranges)], [range]);
    assert.doesNotMatch(text, /\$rate/);
  }
});

Deno.test({
  ...requires("deploy: promtool accepts the rules, none left out", "promtool"),
  fn: async () => {
    const text = exportPrometheus(builtinRules());
    assert.doesNotMatch(text, /left out/);
    const alerts = builtinRules().rules.length + 2, recorded = 4;
    assert.match(
      await promtool("check", "rules", `${DIRECTORY}/leakwatch.rules.yml`),
      new RegExp(`${alerts + recorded} rules found`),
    );
  },
});

Deno.test({
  ...requires(
    "deploy: every alert fires on its cause and on no echo, at 60 s and at 15 s scrapes",
    "promtool",
  ),
  fn: async () => {
    await promtool("test", "rules", `${DIRECTORY}/leakwatch.test.yml`);
    // The same history, scraped four times as often, under the rules for that.
    const directory = Deno.makeTempDirSync();
    try {
      const often = { scrape_interval_seconds: 15 };
      Deno.writeTextFileSync(`${directory}/leakwatch.rules.yml`, exportPrometheus(builtinRules(), often));
      const file = parse(Deno.readTextFileSync(`${DIRECTORY}/leakwatch.test.yml`));
      const [first] = file.tests;
      first.interval = "15s";
      for (const series of first.input_series) series.values = quartered(series.values);
      // What is counted over a range is over a shorter one now: the kills of two minutes before are no longer new.
      for (const each of first.alert_rule_test) {
        if (/Kill|Restarted/.test(each.alertname)) each.eval_time = "38m45s";
      }
      Deno.writeTextFileSync(`${directory}/test.yml`, stringify({ ...file, tests: [first] }));
      await promtool("test", "rules", `${directory}/test.yml`);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});

/** promtool's "start+step xcount" with four points for each. */
const quartered = (values: string): string =>
  values.split(" ").map((part) => {
    const [, start, sign, step, count] = /^(-?[\d.]+)(?:([+-])([\d.]+))?x(\d+)$/.exec(part)!;
    const quarter = step === undefined ? "" : `${sign}${Number(step) / 4}`;
    return `${start}${quarter}x${4 * Number(count)}`;
  }).join(" ");

Deno.test({
  ...requires("deploy: promtool accepts the scrape configuration", "promtool"),
  fn: async () => {
    await promtool("check", "config", "--syntax-only", `${DIRECTORY}/scrape.yml`);
  },
});
