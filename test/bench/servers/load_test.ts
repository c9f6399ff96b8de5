import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { dueRequests } from "../../../bench/servers/load.ts";

Deno.test("requests fall due by the clock", () => {
  deepStrictEqual([0, .5, 1, 60].map((seconds) => dueRequests(seconds, 2, {})), [0, 1, 2, 120]);
});

Deno.test("a load that starts later has nothing due before", () => {
  deepStrictEqual([5, 10, 11].map((seconds) => dueRequests(seconds, 1, { startsAfter: 10 })), [0, 0, 1]);
});

Deno.test("bursts rest between", () => {
  const bursts = { on: 10, off: 20 };
  deepStrictEqual([5, 10, 29, 31, 60].map((seconds) => dueRequests(seconds, 1, { bursts })), [
    5,
    10,
    10,
    11,
    20,
  ]);
});

Deno.test("what is due never falls", () => {
  const timing = fc.record({
    bursts: fc.record({ on: fc.integer({ min: 1, max: 60 }), off: fc.integer({ min: 0, max: 60 }) }),
    startsAfter: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(timing, fc.double({ min: 0, max: 1e4, noNaN: true }), fc.double({ min: 0, max: 100 }), (
      timing,
      seconds,
      more,
    ) => dueRequests(seconds + (more || 0), 3, timing) >= dueRequests(seconds, 3, timing)),
  );
});
