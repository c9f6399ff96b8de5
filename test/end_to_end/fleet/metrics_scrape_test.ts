/**
 * A real Prometheus scrapes real leakwatch processes every 15 s and every 60 s, its usual interval: what FLEET.md §0 found wrong at
 * such intervals. What needs more than two minutes of rules is tested in simulated time (test/deploy/rules_test.ts).
 */

import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { leakwatch } from "../../cli/leakwatch.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { serve, startLeak } from "../page_harness.ts";
import { freePort, startPrometheus } from "../lab/fleet/servers.ts";
import { instant, untilTrue } from "./query.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
/** A name that no guard of host names can know. */
const SERVICE = "leakwatch.monitoring.svc";
/** Growth within a minute, instead of an hour; thresholds that any machine meets. */
const RULES = `parameters:
  growth_period_seconds: 1m
  growth_bytes: 1MiB
  memory_used_percent: 0
`;

/** Passes requests for any host on to one port, as a cluster's proxy does, with the Host header as it came. */
function forwardProxy(port: number): { url: string; close(): Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const client of listener) pass(client, port).catch(() => {});
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async close() {
      listener.close();
      await serving.catch(() => {});
    },
  };
}

/** One request per connection: its first line says the whole address, which a server is not told. */
async function pass(client: Deno.Conn, port: number): Promise<void> {
  const bytes = new Uint8Array(16_384);
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const count = await client.read(bytes);
    if (count === null) break;
    text += new TextDecoder().decode(bytes.subarray(0, count));
  }
  const server = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = text.replace(/^GET http:\/\/[^/]+/, "GET ").replace(
    "\r\n\r\n",
    "\r\nConnection: close\r\n\r\n",
  );
  await server.write(new TextEncoder().encode(request));
  await server.readable.pipeTo(client.writable);
}

Deno.test({
  ...requires(
    "metrics: scraped every 15 s and every 60 s by a real Prometheus, its rules agree with ours",
    "prometheus",
    "promtool",
    "python3",
  ),
  fn: async () => {
    const program = programs().at(-1)!;
    const directory = Deno.makeTempDirSync({ prefix: "leakwatch-scrape-" });
    const file = (name: string, text: string) => {
      Deno.writeTextFileSync(`${directory}/${name}`, text, { mode: 0o600 });
      return `${directory}/${name}`;
    };
    const rules = file("rules.yml", RULES), token = file("token", `${TOKEN}\n`);
    const exported = await leakwatch(program, ["rules", "--export", "prometheus", "--rules", rules]);
    assert.equal(exported.code, 0, exported.stderr);
    const alerts = file("leakwatch.rules.yml", exported.stdout);
    const leak = await startLeak("grows-in-test", 500);
    const port = freePort(), [command, ...first] = program.command;
    const words = [
      "monitor",
      "0",
      "1",
      "-q",
      "-o",
      directory,
      "--rules",
      rules,
      "--listen",
      `0.0.0.0:${port}`,
      "--token-file",
      token,
    ];
    const monitor = new Deno.Command(command!, { args: [...first, ...words], stdout: "null", stderr: "null" })
      .spawn();
    const page = await serve(["--interval", "2s"]);
    const proxy = forwardProxy(port);
    const scraped = (job_name: string, scrape_interval: string, target: string, more = {}) => ({
      job_name,
      scrape_interval,
      scrape_timeout: "14s",
      static_configs: [{ targets: [target] }],
      ...more,
    });
    const authorization = { credentials_file: token };
    const server = await startPrometheus(stringify({
      global: { evaluation_interval: "5s" },
      rule_files: [alerts],
      scrape_configs: [
        scraped("often", "15s", `127.0.0.1:${port}`, { authorization }),
        scraped("usual", "60s", `127.0.0.1:${port}`, { authorization }),
        scraped("service", "15s", SERVICE, { authorization, proxy_url: proxy.url }),
        scraped("no-token", "15s", `127.0.0.1:${port}`),
        scraped("serve", "60s", `127.0.0.1:${page.port}`),
      ],
    }));
    let isOver = false;
    try {
      // Twice at 60 s, so that there are rates.
      await untilTrue(
        async () => (await instant(server.url, 'count_over_time(up{job="usual"}[5m]) >= 2')).length === 1,
        300,
      );
      await untilTrue(
        async () =>
          (await instant(server.url, 'changes(leakwatch_samples_total{job="serve"}[5m]) > 0')).length === 1,
        300,
      );
      const up = new Map(
        (await instant(server.url, "up")).map(({ labels, value }) => [labels["job"], value]),
      );
      // Not without its token, and with it by any name.
      assert.deepEqual(Object.fromEntries(up), { often: 1, usual: 1, service: 1, "no-token": 0, serve: 1 });

      // Whoever scrapes once a minute keeps serve awake all the while: it rested after half of that.
      const samples = await instant(
        server.url,
        'max_over_time(leakwatch_samples_total{job="serve"}[5m]) - min_over_time(leakwatch_samples_total{job="serve"}[5m])',
      );
      assert.ok(samples[0]!.value > 15, `${samples[0]!.value} samples in a minute or more`);

      for (const job of ["often", "usual"]) {
        // Rates are there at either interval.
        const query =
          `rate(leakwatch_pressure_stalled_seconds_total{job="${job}",resource="memory",share="some"}[5m]) or rate(leakwatch_samples_total{job="${job}"}[5m])`;
        assert.ok((await instant(server.url, query)).length > 0, `no rate in ${job}`);
        // Growth is what leakwatch says, and Prometheus' alert follows it.
        await untilTrue(
          async () =>
            (await instant(
              server.url,
              `ALERTS{alertname="LeakwatchProcessGrowth",job="${job}",name="grows-in-test",alertstate="firing"}`,
            )).length === 1,
          180,
        );
        await untilTrue(
          async () =>
            (await instant(
              server.url,
              `leakwatch_alert_firing{job="${job}",rule="process-growth",subject=~"grows-in-test.*"}`,
            )).length === 1,
          120,
        );
      }
      const { data } = await (await fetch(`${server.url}/api/v1/alerts`)).json();
      const summaries = data.alerts.map(({ annotations }: { annotations: { summary: string } }) =>
        annotations.summary
      );
      assert.ok(
        summaries.some((text: string) =>
          /^grows-in-test \(\d+\) grew by [\d.]+[KM]iB within [\d.ms ]+ and kept it; now [\d.]+MiB$/
            .test(text)
        ),
        summaries.join("\n"),
      );
      assert.deepEqual(summaries.filter((text: string) => /…|unknown|<no value>|<error/.test(text)), []);
      // Of findings only the info says what may change.
      for (
        const { labels } of await instant(
          server.url,
          '{__name__=~"leakwatch_finding_.+",__name__!="leakwatch_finding_info"}',
        )
      ) {
        assert.deepEqual(
          Object.keys(labels).filter((name) => ["verdict", "severity", "echo"].includes(name)),
          [],
        );
      }
      const own = await instant(
        server.url,
        '{__name__=~"process_(open_fds|max_fds|start_time_seconds|resident_memory_bytes)",job="often"}',
      );
      assert.equal(own.length, 4);

      // The plain format passes the linter.
      const text =
        await (await fetch(`http://127.0.0.1:${page.port}/metrics`, { headers: { accept: "text/plain" } }))
          .text();
      const linter = new Deno.Command("promtool", {
        args: ["check", "metrics"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const input = linter.stdin.getWriter();
      await input.write(new TextEncoder().encode(text));
      await input.close();
      const said = await linter.output();
      assert.doesNotMatch(
        new TextDecoder().decode(said.stderr) + new TextDecoder().decode(said.stdout),
        /no help text|error/i,
      );

      // Once it is gone, the rule's condition holds.
      monitor.kill("SIGTERM");
      await monitor.status;
      isOver = true;
      const down = parse(exported.stdout).groups[0].rules.find(({ alert }: { alert?: string }) =>
        alert === "LeakwatchDown"
      ).expr;
      await untilTrue(async () =>
        (await instant(server.url, down)).some(({ labels }) =>
          labels["job"] === "often"
        )
      );
      assert.ok(!(await instant(server.url, down)).some(({ labels }) => labels["job"] === "serve"));
    } finally {
      if (!isOver) {
        monitor.kill("SIGTERM");
        await monitor.status;
      }
      await server.stop();
      await page.stop();
      await leak.stop();
      await proxy.close();
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
