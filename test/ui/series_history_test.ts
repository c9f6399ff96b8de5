import assert from "node:assert/strict";
import { SeriesHistory } from "../../ui/server/history/series_history.ts";

Deno.test("series history: where all room is taken, the gone make room for the living", () => {
  const history = new SeriesHistory(["bytes"], 2);
  const row = (time: number, ...keys: string[]) => {
    for (const key of keys) history.record(key, time, [time]);
    history.sweep(time);
  };
  row(0, "brief", "long", "leaking");
  assert.equal(history.read("leaking", null, null, 10), null);
  row(10, "long", "leaking");
  row(20, "long", "leaking");
  assert.deepEqual(history.read("leaking", null, null, 10)!.time_seconds, [20]);
  assert.equal(history.read("brief", null, null, 10), null);
  assert.deepEqual(history.read("long", null, null, 10)!.time_seconds, [0, 10, 20]);
});

Deno.test("series history: with room to spare what is gone can still be looked at", () => {
  const history = new SeriesHistory(["bytes"], 3);
  history.record("brief", 0, [1]);
  history.sweep(0);
  history.record("long", 10, [1]);
  history.sweep(10);
  assert.deepEqual(history.read("brief", null, null, 10)!.time_seconds, [0]);
});
