import assert from "node:assert/strict";
import { SINK_SCHEMAS } from "../../model/sink_config.ts";
import { WebhookSink } from "../../sinks/webhook.ts";
import { makeAlert, receiver, until } from "./make.ts";

Deno.test("webhook: posts the alert as JSON, with the headers and the token of its file", async () => {
  const server = receiver(200);
  const token_file = Deno.makeTempFileSync();
  Deno.writeTextFileSync(token_file, "s3cret\n");
  const sink = new WebhookSink(
    { type: "webhook", url: server.url, headers: { "X-Team": "db" }, token_file },
    "db-7",
  );
  sink.send(makeAlert());
  await sink.close(5);
  assert.deepEqual(server.bodies, [{ schema: "leakwatch.alerts/1", host: "db-7", alerts: [makeAlert()] }]);
  assert.equal(server.headers[0]!.get("authorization"), "Bearer s3cret");
  assert.equal(server.headers[0]!.get("x-team"), "db");
  assert.equal(server.headers[0]!.get("content-type"), "application/json");
  Deno.removeSync(token_file);
  await server.close();
});

Deno.test("webhook: 503 is tried again until it works, 400 is not", async () => {
  const server = receiver(503, 429, 200, 400, 200);
  const sink = new WebhookSink({ type: "webhook", url: server.url }, "h", 0.005);
  sink.send(makeAlert({ id: "a" }));
  await until(() => server.bodies.length === 3);
  await until(() => sink.error() === null);
  sink.send(makeAlert({ id: "b" }));
  await until(() => sink.error() !== null);
  assert.deepEqual(sink.error(), { name: "webhook", why: "answered 400; 1 alert lost" });
  sink.send(makeAlert({ id: "c" }));
  await until(() => sink.error() === null && server.bodies.length === 5);
  await sink.close(1);
  await server.close();
});

Deno.test("webhook: a receiver that does not answer is given up after the time-out", async () => {
  const held: ((status: number) => void)[] = [];
  const server = receiver(() => new Promise<number>((resolve) => held.push(resolve)));
  const sink = new WebhookSink({ type: "webhook", url: server.url, timeout: 0.05 }, "h", 60);
  sink.send(makeAlert());
  await until(() => sink.error() !== null);
  assert.deepEqual(sink.error(), { name: "webhook", why: "no answer in time" });
  await sink.close(0.01);
  for (const answer of held) answer(200);
  await server.close();
});

Deno.test("webhook: a redirect is refused, so that no token goes astray", async () => {
  const server = receiver(302);
  const sink = new WebhookSink({ type: "webhook", url: server.url }, "h", 60);
  sink.send(makeAlert());
  await until(() => sink.error() !== null);
  assert.match(sink.error()!.why, /302/);
  await sink.close(0.01);
  await server.close();
});

Deno.test("webhook: nobody there, or no token file, is one line of trouble", async () => {
  const gone = receiver(200);
  await gone.close();
  const nobody = new WebhookSink({ type: "webhook", url: gone.url }, "h", 60);
  nobody.send(makeAlert());
  await until(() => nobody.error() !== null);
  assert.match(nobody.error()!.why, /refused/i);
  await nobody.close(0.01);
  const tokenless = new WebhookSink(
    { type: "webhook", url: gone.url, token_file: "/none" },
    "h",
    60,
  );
  tokenless.send(makeAlert());
  await until(() => tokenless.error() !== null);
  assert.match(tokenless.error()!.why, /no such file/);
  await tokenless.close(0.01);
});

Deno.test("webhook: its configuration admits http and https only", () => {
  const accepts = (url: string) => SINK_SCHEMAS.webhook.safeParse({ type: "webhook", url }).success;
  assert.deepEqual(["https://x.example/y", "http://x:80", "file:///etc/passwd", "x"].map(accepts), [
    true,
    true,
    false,
    false,
  ]);
});
