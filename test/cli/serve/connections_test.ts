import assert from "node:assert/strict";
import { Connections } from "../../../cli/serve/connections.ts";

function made(most: number) {
  const clock = { seconds: 0 };
  const closed: string[] = [];
  const connections = new Connections(() => clock.seconds, most);
  const socket = (name: string) => ({ destroy: () => void closed.push(name) });
  return { clock, closed, connections, socket };
}

Deno.test("connections: one that says nothing is closed; an answer and an idle pause have longer, a stream for ever", () => {
  const { clock, closed, connections, socket } = made(10);
  const [silent, slow, idle, stream] = ["silent", "slow", "idle", "stream"].map(socket);
  for (const each of [silent, slow, idle, stream]) connections.admit(each!);
  connections.beginAnswer(slow!);
  connections.beginAnswer(idle!);
  connections.endAnswer(idle!);
  connections.keepStreaming(stream!);
  const closedAt = (seconds: number) => {
    clock.seconds = seconds;
    connections.sweep();
    return closed.splice(0);
  };
  assert.deepEqual(closedAt(9), []);
  assert.deepEqual(closedAt(10), ["silent"]);
  assert.deepEqual(closedAt(60), ["slow"]);
  assert.deepEqual(closedAt(75), ["idle"]);
  assert.deepEqual(closedAt(1e6), []);
  assert.equal(connections.size, 1);
});

Deno.test("connections: a new one takes the place of the one idle for longest, never of one that is answered", () => {
  const { closed, connections, socket } = made(3);
  const [first, second, third] = ["first", "second", "third"].map(socket);
  for (const each of [first, second, third]) connections.admit(each!);
  connections.beginAnswer(first!);
  connections.beginAnswer(second!);
  connections.endAnswer(second!);
  assert.ok(connections.admit(socket("fourth")));
  assert.deepEqual(closed, ["third"]);
  assert.ok(connections.admit(socket("fifth")));
  assert.deepEqual(closed, ["third", "second"]);
  connections.endAnswer(third!);
  assert.equal(connections.size, 3, "what was closed has come back");
});

Deno.test("connections: where all are answered a new one is turned away", () => {
  const { closed, connections, socket } = made(1);
  const busy = socket("busy");
  connections.admit(busy);
  connections.beginAnswer(busy);
  assert.equal(connections.admit(socket("late")), false);
  assert.deepEqual(closed, []);
});

Deno.test("connections: where descriptors are wanting there is room for fewer, and for one more each second", () => {
  const { closed, connections, socket } = made(40);
  for (let i = 0; i < 40; i++) connections.admit(socket(`${i}`));
  connections.shrink();
  assert.equal(connections.size, 30);
  assert.deepEqual(closed, Array.from({ length: 10 }, (_, i) => `${i}`));
  connections.admit(socket("new"));
  assert.equal(connections.size, 30);
  connections.sweep();
  connections.admit(socket("newer"));
  assert.equal(connections.size, 31);
  for (let i = 0; i < 9; i++) connections.shrink();
  assert.equal(connections.size, 16);
});
