import assert from "node:assert/strict";
import { DeliveryQueue, PermanentError } from "../../sinks/delivery_queue.ts";
import { makeAlert, until } from "./make.ts";

const FAST = { name: "q", first_pause_seconds: 0.005, longest_pause_seconds: 0.02 };

Deno.test("queue: alerts are delivered in order and in batches", async () => {
  const batches: string[][] = [];
  const queue = new DeliveryQueue({
    ...FAST,
    batch: 3,
    deliver: (batch) => {
      batches.push(batch.map(({ id }) => id));
      return Promise.resolve();
    },
  });
  for (let i = 0; i < 7; i++) queue.push(makeAlert({ id: `${i}` }));
  await queue.close(5);
  assert.deepEqual(batches, [["0", "1", "2"], ["3", "4", "5"], ["6"]]);
});

Deno.test("queue: a failure is tried again, is a trouble meanwhile, and loses nothing", async () => {
  let tries = 0;
  const got: string[] = [];
  const queue = new DeliveryQueue({
    ...FAST,
    deliver: (batch) => {
      if (++tries <= 3) return Promise.reject(new Error("connection refused"));
      got.push(...batch.map(({ id }) => id));
      return Promise.resolve();
    },
  });
  queue.push(makeAlert({ id: "a" }));
  await until(() => queue.trouble() !== null);
  assert.deepEqual(queue.trouble(), { name: "q", why: "connection refused" });
  queue.push(makeAlert({ id: "b" }));
  await until(() => got.length === 2);
  assert.deepEqual(got, ["a", "b"]);
  assert.equal(queue.trouble(), null);
  await queue.close(1);
});

Deno.test("queue: what is refused for good is dropped, and said", async () => {
  const queue = new DeliveryQueue({
    ...FAST,
    deliver: () => Promise.reject(new PermanentError("answered 400")),
  });
  queue.push(makeAlert());
  await until(() => queue.trouble() !== null);
  assert.deepEqual(queue.trouble(), { name: "q", why: "answered 400; 1 alert lost" });
  assert.equal(queue.length, 0);
  await queue.close(1);
});

Deno.test("queue: it holds no more than its most, and drops the oldest", async () => {
  const queue = new DeliveryQueue({ ...FAST, most: 10, deliver: () => Promise.reject(new Error("down")) });
  for (let i = 0; i < 1000; i++) queue.push(makeAlert({ id: `${i}` }));
  assert.equal(queue.length, 10);
  await until(() => queue.trouble() !== null);
  assert.equal(queue.trouble()!.why, "down; 990 alerts lost");
  await queue.close(0.1);
});

Deno.test("queue: a flood of news does not wash away what is grave", async () => {
  const delivered: string[] = [];
  let open = false;
  const queue = new DeliveryQueue({
    ...FAST,
    most: 10,
    deliver: (batch) => {
      if (!open) return Promise.reject(new Error("down"));
      delivered.push(...batch.map(({ id }) => id));
      return Promise.resolve();
    },
  });
  queue.push(makeAlert({ id: "grave", severity: "critical" }));
  for (let i = 0; i < 100; i++) queue.push(makeAlert({ id: `${i}`, severity: "info" }));
  open = true;
  await until(() => queue.length === 0);
  assert.ok(delivered.includes("grave") && delivered.includes("99") && !delivered.includes("1"));
  await queue.close(1);
});

Deno.test("queue: closing waits for a hanging receiver no longer than told", async () => {
  const queue = new DeliveryQueue({
    ...FAST,
    deliver: (_, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("given up")))),
  });
  queue.push(makeAlert());
  await queue.close(0.05);
  queue.push(makeAlert());
  assert.equal(queue.length, 1, "nothing is taken after the end");
});
