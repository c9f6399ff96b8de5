import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessRow } from "../../ui/server/api.ts";
import { filterProcesses, GONE, keepOrder } from "../../ui/web/process_order.ts";
import { sortRows } from "../../ui/web/row_order.ts";

const row = (pid: number, name: string, more: Partial<ProcessRow> = {}): ProcessRow =>
  ({ pid, start_ticks: 1, name, user: "root", state: "S", ...more }) as ProcessRow;
const keyOf = ({ pid }: ProcessRow) => String(pid);

Deno.test("row order: unknown values come last in either direction, equal ones stay as they were", () => {
  fc.assert(fc.property(
    fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: null })),
    fc.boolean(),
    (values, isDown) => {
      const rows = values.map((value, place) => ({ value, place }));
      const sorted = sortRows(rows, (one) => one.value, isDown);
      assert.equal(sorted.length, rows.length);
      sorted.slice(1).forEach((one, i) => {
        const before = sorted[i]!;
        if (one.value === before.value) assert.ok(before.place < one.place);
        else if (one.value !== null) {
          assert.ok(before.value !== null && (before.value < one.value) !== isDown);
        }
      });
    },
  ));
});

Deno.test("process order: every word must be found, in any field", () => {
  const rows = [row(1, "systemd"), row(812, "java", { unit: "app.service", command: "java -jar shop.jar" })];
  assert.deepEqual(filterProcesses(rows, "SHOP app").map(keyOf), ["812"]);
  assert.deepEqual(filterProcesses(rows, "812").map(keyOf), ["812"]);
  assert.equal(filterProcesses(rows, "shop systemd").length, 0);
  assert.equal(filterProcesses(rows, "  ").length, 2);
});

Deno.test("process order: while one reads, rows keep their place; what ended stays, what is new comes last", () => {
  const before = [row(3, "c"), row(1, "a"), row(2, "b")];
  const kept = keepOrder([row(1, "a", { rss_bytes: 9 }), row(4, "d"), row(3, "c")], before, keyOf);
  assert.deepEqual(kept.map(keyOf), ["3", "1", "2", "4"]);
  assert.equal(kept[1]!.rss_bytes, 9);
  assert.equal(kept[2]!.state, GONE);
});
