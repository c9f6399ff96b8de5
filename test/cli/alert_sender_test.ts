import assert from "node:assert/strict";
import { AlertSender } from "../../cli/alert_sender.ts";
import { AlertEngine } from "../../rules/alerts/engine.ts";
import { makeMemory, makeSample, rulesOf, START } from "../rules/alerts/make.ts";
import { receiver, until } from "../sinks/make.ts";

/** Memory is over its limit at once; the receivers are an Alertmanager and a webhook. */
const rules = (alertmanager: string, webhook: string, threshold = 80) =>
  rulesOf(`builtin: false
rules: [{name: full, scope: system, when: memory_used_percent > ${threshold}, severity: warning, message: m, next_step: n}]
sinks: [{type: alertmanager, url: "${alertmanager}"}, {type: webhook, url: "${webhook}"}]`);

/** What a watch hands its sender. */
class Watch {
  constructor(readonly engine: AlertEngine) {}
  step(sender: AlertSender, seconds: number, percent = 95): void {
    const sample = makeSample(START + seconds, { memory: makeMemory(percent) });
    const changes = this.engine.evaluate({ sample, findings: null });
    sender.observe({ sample, findings: [], alerts: this.engine.active(), changes });
  }
}

Deno.test("alert sender: after a reload Alertmanager hears of what fires again, and people do not", async () => {
  const alertmanager = receiver(200), webhook = receiver(200);
  const set = rules(alertmanager.url, webhook.url);
  const watch = new Watch(new AlertEngine(set));
  const sender = new AlertSender({ engine: watch.engine, rules: set, quiet: true });
  watch.step(sender, 0);
  await until(() => alertmanager.bodies.length === 1 && webhook.bodies.length === 1);
  sender.reload(rules(alertmanager.url, webhook.url, 70));
  watch.step(sender, 5);
  await until(() => alertmanager.bodies.length === 2);
  const [[before], [after]] = alertmanager.bodies;
  assert.deepEqual([after.labels, after.startsAt], [before.labels, before.startsAt]);
  assert.ok(Date.parse(after.endsAt) > Date.now());
  watch.step(sender, 10, 10);
  await until(() => alertmanager.bodies.length === 3 && webhook.bodies.length === 2);
  assert.ok(Date.parse(alertmanager.bodies[2][0].endsAt) < Date.parse(after.endsAt));
  assert.deepEqual(webhook.bodies.map(({ alerts }) => alerts[0].state), ["firing", "resolved"]);
  await sender.close();
  await Promise.all([alertmanager.close(), webhook.close()]);
});

Deno.test("alert sender: a watch that goes on with an earlier one's state tells Alertmanager of what fires", async () => {
  const alertmanager = receiver(200), webhook = receiver(200);
  const set = rules(alertmanager.url, webhook.url);
  const first = new AlertEngine(set);
  first.evaluate({ sample: makeSample(START, { memory: makeMemory(95) }), findings: null });
  const second = new AlertEngine(set);
  assert.ok(second.restore(JSON.parse(JSON.stringify(first)), "boot-1"));
  const watch = new Watch(second);
  const sender = new AlertSender({ engine: watch.engine, rules: set, quiet: true });
  watch.step(sender, 60);
  await until(() => alertmanager.bodies.length === 1);
  assert.equal(alertmanager.bodies[0][0].labels.alertname, "LeakwatchFull");
  assert.equal(webhook.bodies.length, 0);
  await sender.close();
  await Promise.all([alertmanager.close(), webhook.close()]);
});
