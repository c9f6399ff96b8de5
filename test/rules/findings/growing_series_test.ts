import assert from "node:assert/strict";
import type { Verdict } from "../../../model/finding.ts";
import { growingSeries } from "../../../rules/findings/growing_series.ts";
import type { RegistryEntry } from "../../../rules/findings/series_registry.ts";

const entry = (verdict: Verdict, mid: number | null) =>
  ({
    kind: "process-descriptors",
    series: { moves: true },
    assessment: {
      verdict,
      score: 2,
      drift: 9,
      rate_per_hour: mid === null ? null : { low: mid - 1, mid, high: mid + 1 },
    },
  }) as unknown as RegistryEntry;

Deno.test("growing series: what grows, and nothing that falls over its window", () => {
  const entries = [entry("leak", 5), entry("growing", 3), entry("growing", -25), entry("stable", 4)];
  assert.deepEqual(growingSeries(entries).map(({ entry }) => entry), entries.slice(0, 2));
});

Deno.test("growing series: one without a rate is not judged by it", () => {
  assert.equal(growingSeries([entry("growing", null)]).length, 1);
});
