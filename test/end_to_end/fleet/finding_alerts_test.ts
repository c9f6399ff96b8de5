/**
 * A real Prometheus scrapes the findings of a made-up machine: echoes alert nobody, a finding's series outlive its
 * verdict, containers are named as kube-state-metrics names them, responses are packed, and the alert is the one of the Alertmanager sink.
 */

import assert from "node:assert/strict";
import { stringify } from "yaml";
import { builtinRules } from "../../../rules/alerts/parse.ts";
import { exportPrometheus } from "../../../rules/alerts/prometheus/mod.ts";
import { AlertmanagerSink } from "../../../sinks/alertmanager.ts";
import { requires } from "../../requires.ts";
import { makeAlert, receiver } from "../../sinks/make.ts";
import { fakeApp } from "../../ui/fake_app.ts";
import { startPrometheus } from "../lab/fleet/servers.ts";
import { instant, untilTrue } from "./query.ts";

const POD = { pod: "shop/cart-7c9b5d4f68-b7c4d", name: "app", image: "cart:v2" };

/** A machine with a leaking program, and kernel memory that leaks only because the program does. */
function machineWithEcho() {
  const { app, live, machine, observe } = fakeApp({ echoes: true });
  const advance = (seconds: number) => {
    const sample = machine.advance(seconds);
    Object.assign(sample.containers[0]!, POD);
    return sample;
  };
  for (let t = 0; t < 600; t += 2) observe(advance(2));
  const [program, , slab] = machine.findings();
  let verdict: "leak" | "growing" = "leak";
  const observeFindings = () => {
    const echo = { ...slab!, verdict: "leak" as const, caused_by: program!.key };
    live.observe({
      sample: advance(1),
      findings: [{ ...program!, verdict }, echo],
      alerts: [],
      changes: [],
    });
  };
  observeFindings();
  // A page whose sample is old makes a scrape wait for the next one.
  const sampling = setInterval(observeFindings, 1000);
  return {
    app,
    show: (next: typeof verdict) => {
      verdict = next;
    },
    stop: () => clearInterval(sampling),
  };
}

Deno.test({
  ...requires("metrics: a real Prometheus alerts on leaks, not on their echoes", "prometheus"),
  fn: async () => {
    const { app, show, stop } = machineWithEcho();
    const packings = new Set<string | null>();
    const page = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const response = await app.fetch(request);
      packings.add(response.headers.get("content-encoding"));
      return response;
    });
    const instance = `127.0.0.1:${page.addr.port}`;
    // In Alertmanager's place: both Prometheus and the sink post to it.
    const alertmanager = receiver(200);
    const directory = Deno.makeTempDirSync({ prefix: "leakwatch-findings-" });
    const rules = `${directory}/leakwatch.rules.yml`;
    Deno.writeTextFileSync(rules, exportPrometheus(builtinRules()));
    const server = await startPrometheus(stringify({
      // A scrape may take as long as the interval: more than a second on a busy machine.
      global: { scrape_interval: "5s", evaluation_interval: "1s" },
      rule_files: [rules],
      alerting: {
        alertmanagers: [{
          api_version: "v2",
          static_configs: [{ targets: [new URL(alertmanager.url).host] }],
        }],
      },
      scrape_configs: [{ job_name: "leakwatch", static_configs: [{ targets: [instance] }] }],
    }));
    const firing = (alertname: string) => instant(server.url, `ALERTS{alertname="${alertname}"}`);
    try {
      await untilTrue(async () => (await firing("LeakwatchLeak")).length === 1);
      assert.deepEqual([...packings], ["gzip"]);

      // The echo is there, is a leak, and alerts nobody in the same evaluations.
      const echoes = await instant(server.url, 'leakwatch_finding_info{kind="kernel-slab",verdict="leak"}');
      assert.deepEqual(echoes.map(({ labels }) => labels["echo"]), ["1"]);
      assert.deepEqual(await firing("LeakwatchKernelLeak"), []);

      const [usage] = await instant(
        server.url,
        'leakwatch_container_usage_bytes{namespace!=""}',
      );
      assert.deepEqual(
        ["namespace", "pod", "container", "image"].map((label) => usage!.labels[label]),
        ["shop", "cart-7c9b5d4f68-b7c4d", "app", "cart:v2"],
      );

      const [alert] = await firing("LeakwatchLeak"), subject = alert!.labels["subject"]!;
      show("growing");
      const growing = `leakwatch_finding_info{verdict="growing",subject="${subject}"}`;
      await untilTrue(async () => (await instant(server.url, growing)).length === 1);
      const ofFinding = `{__name__=~"leakwatch_finding_.+",subject="${subject}"}`;
      const series = await instant(server.url, `count by (__name__) (last_over_time(${ofFinding}[10m]))`);
      // Only the info of the old verdict ended; each figure is one series from first to last.
      for (const { labels, value } of series) {
        assert.equal(value, labels["__name__"] === "leakwatch_finding_info" ? 2 : 1, labels["__name__"]);
      }
      assert.ok(series.length > 3, `${series.length} metrics of a finding`);

      await untilTrue(() => Promise.resolve(alertmanager.bodies.length > 0));
      const [posted] = alertmanager.bodies.flat().filter(({ labels }) =>
        labels.alertname === "LeakwatchLeak"
      );
      const sink = new AlertmanagerSink(
        { type: "alertmanager", url: alertmanager.url, instance },
        "db-7",
        0.005,
      );
      const before = alertmanager.bodies.length;
      sink.send(makeAlert());
      await sink.close(10);
      const [sent] = alertmanager.bodies.slice(before).flat().filter(({ annotations }) =>
        annotations.next_step === makeAlert().next_step
      );
      for (const label of ["alertname", "instance", "job"]) {
        assert.equal(sent.labels[label], posted.labels[label], label);
      }
    } finally {
      stop();
      await server.stop();
      await page.shutdown();
      await alertmanager.close();
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
