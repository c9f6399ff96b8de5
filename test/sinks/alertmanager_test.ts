import assert from "node:assert/strict";
import { AlertmanagerSink } from "../../sinks/alertmanager.ts";
import { makeAlert, receiver, until } from "./make.ts";

Deno.test("alertmanager: the same labels from start to end, an end far ahead while it fires", async () => {
  const server = receiver(200);
  const sink = new AlertmanagerSink(
    { type: "alertmanager", url: `${server.url}am/`, labels: { team: "db" } },
    "db-7",
    0.005,
  );
  sink.send(makeAlert());
  await until(() => server.bodies.length === 1);
  sink.send(makeAlert({ state: "resolved", since: "2026-11-20T12:10:00Z", message: "over" }));
  await sink.close(5);
  const [[fired], [resolved]] = server.bodies;
  assert.deepEqual(fired.labels, {
    team: "db",
    alertname: "LeakwatchLeak",
    severity: "warning",
    subject: "java (812)",
    instance: "db-7",
    job: "leakwatch",
  });
  assert.deepEqual(resolved.labels, fired.labels);
  assert.equal(fired.startsAt, "2026-11-20T12:00:00Z");
  assert.equal(resolved.startsAt, fired.startsAt);
  assert.equal(resolved.endsAt, "2026-11-20T12:10:00Z");
  assert.ok(Date.parse(fired.endsAt) > Date.now() + 200_000);
  assert.deepEqual(fired.annotations, {
    summary: "java (812) leaks 96 MiB/h",
    next_step: "jcmd 812 GC.heap_info",
    value: "96",
    threshold: "10",
  });
  await server.close();
});

Deno.test("alertmanager: `instance` is what Prometheus calls the machine, so that both ways mean the same alert", async () => {
  const server = receiver(200);
  const config = { type: "alertmanager", url: server.url, instance: "db-7.example:7437" } as const;
  const sink = new AlertmanagerSink(config, "db-7", 0.005);
  sink.send(makeAlert());
  await until(() => server.bodies.length === 1);
  await sink.close(5);
  assert.equal(server.bodies[0][0].labels.instance, "db-7.example:7437");
  await server.close();
});

Deno.test("alertmanager: a firing alert is sent again and again, a resolved one is not", async () => {
  const server = receiver(200);
  const sink = new AlertmanagerSink({ type: "alertmanager", url: server.url, resend: 0.02 }, "h", 0.005);
  sink.send(makeAlert());
  await until(() => server.bodies.length >= 4);
  sink.send(makeAlert({ state: "resolved" }));
  await until(() => server.bodies.at(-1)[0].endsAt === "2026-11-20T12:00:00Z");
  const count = server.bodies.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.bodies.length, count);
  await sink.close(1);
  await server.close();
});

Deno.test("alertmanager: of two words about one alert only the newest is sent", async () => {
  const server = receiver(503, 200);
  const sink = new AlertmanagerSink({ type: "alertmanager", url: server.url }, "h", 0.02);
  sink.send(makeAlert());
  await until(() => server.bodies.length === 1);
  sink.send(makeAlert({ state: "resolved", since: "2026-11-20T12:10:00Z" }));
  await until(() => server.bodies.length === 2);
  assert.equal(server.bodies[1].length, 1);
  assert.equal(server.bodies[1][0].startsAt, "2026-11-20T12:00:00Z");
  assert.equal(server.bodies[1][0].endsAt, "2026-11-20T12:10:00Z");
  await sink.close(1);
  await server.close();
});
