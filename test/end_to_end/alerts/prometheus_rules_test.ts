/** The exported rules are what Prometheus accepts, and fire where ours do. */

import assert from "node:assert/strict";
import { stringify } from "yaml";
import { exportPrometheus } from "../../../rules/alerts/prometheus.ts";
import { builtinRules } from "../../../rules/alerts/parse.ts";
import { rulesOf } from "../../rules/alerts/make.ts";
import { requires } from "../../requires.ts";

async function promtool(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("promtool", { args }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  return said;
}

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await run(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test({
  ...requires("rules --export prometheus: promtool accepts the built-in rules, each of them", "promtool"),
  fn: () =>
    withDirectory(async (directory) => {
      const file = `${directory}/rules.yml`;
      const text = exportPrometheus(builtinRules());
      Deno.writeTextFileSync(file, text);
      assert.match(
        await promtool("check", "rules", file),
        new RegExp(`${builtinRules().rules.length} rules found`),
      );
      assert.doesNotMatch(text, /left out/);
    }),
});

Deno.test({
  ...requires("rules --export prometheus: the rules fire on series that should make them", "promtool"),
  fn: () =>
    withDirectory(async (directory) => {
      const set = rulesOf("parameters: {growth_period_seconds: 30m}");
      Deno.writeTextFileSync(`${directory}/rules.yml`, exportPrometheus(set));
      const series = (name: string, values: string) => ({ series: `leakwatch_${name}`, values });
      const process = 'pid="812",name="java"';
      const finding = 'kind="process-memory",subject="java (812)"';
      const info = (subject: string, echo: string) =>
        `finding_info{kind="process-memory",subject="${subject}",verdict="leak",severity="warning",echo="${echo}"}`;
      const fires = (
        alertname: string,
        labels: Record<string, string> | null,
        summary = "",
        next_step = "",
      ) => ({
        eval_time: "40m",
        alertname,
        ...(labels && { exp_alerts: [{ exp_labels: labels, exp_annotations: { summary, next_step } }] }),
      });
      Deno.writeTextFileSync(
        `${directory}/test.yml`,
        stringify({
          rule_files: ["rules.yml"],
          evaluation_interval: "30s",
          tests: [{
            interval: "30s",
            input_series: [
              series("memory_total_bytes", "1000x100"),
              series("memory_available_bytes", "150x100"),
              series("zombies", "0x100"),
              series("oom_kills_total", "0x70 2x30"),
              series(`process_leakable_bytes{${process}}`, "100000000+2000000x100"),
              series(info("java (812)", "0"), "1x100"),
              series(info("its echo", "1"), "1x100"),
              series(`finding_time_to_limit_seconds{${finding}}`, "600000x100"),
            ],
            alert_rule_test: [
              fires(
                "LeakwatchMemoryUsed",
                { severity: "warning", rule: "memory-used" },
                "85 % of memory is in use (threshold 80 %), … available; the largest process is … with …",
                "leakwatch analyze",
              ),
              fires("LeakwatchZombies", null),
              fires(
                "LeakwatchOomKill",
                { severity: "critical", rule: "oom-kill" },
                "the kernel killed 2 process(es) for want of memory",
                'journalctl -k --grep "Killed process"',
              ),
              fires(
                "LeakwatchProcessGrowth",
                { severity: "info", rule: "process-growth", pid: "812", name: "java" },
                "java (812) grew by 76.29MiB (…) within … and did not come back; now …",
                "leakwatch analyze --pid 812",
              ),
              fires(
                "LeakwatchLeak",
                {
                  severity: "warning",
                  rule: "leak",
                  kind: "process-memory",
                  subject: "java (812)",
                },
                "java (812) leaks … (… sure): …",
                "leakwatch analyze",
              ),
              fires("LeakwatchKernelLeak", null),
              fires("LeakwatchExhaustion", null),
            ],
          }],
        }),
      );
      await promtool("test", "rules", `${directory}/test.yml`);
    }),
});
