import assert from "node:assert/strict";
import { ViewerPresence } from "../../ui/server/viewer_presence.ts";
import { Broadcast } from "../../ui/server/broadcast.ts";

const text = new TextDecoder();

Deno.test("broadcast: two messages wait for a viewer who stops reading, and no more", async () => {
  const broadcast = new Broadcast();
  const stream = broadcast.subscribe(() => {})!;
  for (let i = 0; i < 10_000; i++) {
    broadcast.publish("now", JSON.stringify({ i, filler: "x".repeat(1000) }));
    assert.ok(broadcast.backlog <= 2);
  }
  broadcast.close();
  let got = 0;
  for await (const chunk of stream) got += chunk.length;
  assert.ok(got < 5000, `${got} bytes were kept`);
});

Deno.test("broadcast: over a socket, nothing is kept for a viewer beyond what the kernel buffers", async () => {
  const broadcast = new Broadcast();
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen: () => {} },
    () => new Response(broadcast.subscribe(() => {})),
  );
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const message = JSON.stringify("x".repeat(256 * 1024));
  const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
  while (broadcast.viewers === 0) await turn();
  // The kernel's buffers have a bound (tcp_wmem and tcp_rmem, a few MiB each): 64 MiB is beyond any of them.
  for (let i = 0; i < 256; i++) {
    broadcast.publish("now", message);
    await turn();
    assert.ok(broadcast.backlog <= 2);
  }
  assert.equal(broadcast.backlog, 2, "the viewer took it all: this test stalls nobody");
  connection.close();
  broadcast.close();
  stop.abort();
  await server.finished;
});

Deno.test("broadcast: who takes nothing for a minute is let go of", () => {
  let now = 0, left = 0;
  const broadcast = new Broadcast(() => now);
  broadcast.subscribe(() => left++);
  for (; now <= 60; now += 2) broadcast.publish("now", "{}");
  assert.deepEqual([left, broadcast.viewers], [0, 1]);
  now += 2;
  broadcast.publish("now", "{}");
  assert.deepEqual([left, broadcast.viewers, broadcast.backlog], [1, 0, 0]);
  broadcast.close();
});

Deno.test("broadcast: a reader gets every message, a latecomer the last one at once", async () => {
  const broadcast = new Broadcast();
  const reader = broadcast.subscribe(() => {})!.getReader();
  await reader.read();
  for (let i = 0; i < 5; i++) {
    broadcast.publish("now", JSON.stringify({ i }));
    assert.equal(text.decode((await reader.read()).value), `event: now\ndata: {"i":${i}}\n\n`);
  }
  const late = broadcast.subscribe(() => {})!.getReader();
  await late.read();
  assert.match(text.decode((await late.read()).value), /"i":4/);
  broadcast.close();
});

Deno.test("broadcast: leaving is noticed, and there is room for so many only", async () => {
  const broadcast = new Broadcast();
  let left = 0;
  const streams = Array.from({ length: 64 }, () => broadcast.subscribe(() => left++)!);
  assert.equal(broadcast.subscribe(() => {}), null);
  await streams[0]!.cancel();
  assert.equal(left, 1);
  assert.equal(broadcast.viewers, 63);
  broadcast.close();
});

Deno.test("audience: present while somebody listens and a little longer", async () => {
  let now = 0;
  const audience = new ViewerPresence(() => now);
  assert.equal(audience.isPresent(), false);
  let arrived = false;
  const arrival = audience.arrival(new AbortController().signal).then(() => arrived = true);
  const leave = audience.join();
  await arrival;
  assert.ok(arrived);
  now = 1e6;
  assert.ok(audience.isPresent());
  leave();
  leave();
  assert.ok(audience.isPresent());
  now += 31;
  assert.equal(audience.isPresent(), false);
});
