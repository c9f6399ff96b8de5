import assert from "node:assert/strict";
import { Audience } from "../../ui/server/audience.ts";
import { Broadcast } from "../../ui/server/broadcast.ts";

const text = new TextDecoder();

Deno.test("broadcast: a viewer who stops reading gets no more than two messages piled up", async () => {
  const broadcast = new Broadcast();
  const stream = broadcast.subscribe(() => {})!;
  for (let i = 0; i < 10_000; i++) broadcast.publish("now", JSON.stringify({ i, filler: "x".repeat(1000) }));
  broadcast.close();
  let got = 0;
  for await (const chunk of stream) got += chunk.length;
  assert.ok(got < 5000, `${got} bytes were kept`);
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
  const audience = new Audience(() => now);
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
