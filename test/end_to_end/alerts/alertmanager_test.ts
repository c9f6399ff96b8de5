/** A real Alertmanager takes our alerts, tells its receiver, and hears when they are over. */

import assert from "node:assert/strict";
import { stringify } from "yaml";
import { AlertmanagerSink } from "../../../sinks/alertmanager.ts";
import { requires } from "../../requires.ts";
import { makeAlert, receiver, until } from "../../sinks/make.ts";

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

Deno.test({
  ...requires("alertmanager: fires and resolves in the one that Debian packs", "prometheus-alertmanager"),
  fn: async () => {
    const directory = Deno.makeTempDirSync();
    const people = receiver(200);
    const url = `http://127.0.0.1:${freePort()}`;
    Deno.writeTextFileSync(
      `${directory}/alertmanager.yml`,
      stringify({
        route: { receiver: "people", group_wait: "0s", group_interval: "1s" },
        receivers: [{ name: "people", webhook_configs: [{ url: people.url, send_resolved: true }] }],
      }),
    );
    const child = new Deno.Command("prometheus-alertmanager", {
      args: [
        `--config.file=${directory}/alertmanager.yml`,
        `--storage.path=${directory}`,
        `--web.listen-address=${url.slice("http://".length)}`,
        "--cluster.listen-address=",
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const sink = new AlertmanagerSink({ type: "alertmanager", url }, "db-7", 0.05);
    try {
      // Not up yet: the first tries fail, and the alert arrives all the same.
      const since = new Date(Date.now() - 5000).toISOString();
      sink.send(makeAlert({ since }));
      await until(() => people.bodies.length === 1, 60);
      // It may tell its receiver before it has answered us.
      await until(() => sink.error() === null, 60);
      const [told] = people.bodies[0].alerts;
      assert.equal(told.status, "firing");
      assert.equal(told.labels.subject, "java (812)");
      assert.equal(told.labels.instance, "db-7");
      assert.equal(told.annotations.summary, "java (812) leaks 96 MiB/h");
      const held = await (await fetch(`${url}/api/v2/alerts`)).json();
      assert.deepEqual(held.map((alert: { startsAt: string }) => Date.parse(alert.startsAt)), [
        Date.parse(since),
      ]);

      sink.send(makeAlert({ state: "resolved", since: new Date().toISOString() }));
      await until(() => people.bodies.length === 2, 60);
      assert.equal(people.bodies[1].alerts[0].status, "resolved");
      assert.deepEqual(people.bodies[1].alerts[0].labels, told.labels);
    } finally {
      await sink.close(1);
      child.kill("SIGKILL");
      await child.status;
      await people.close();
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
