import assert from "node:assert/strict";
import { type GrowthCase, growthProbability, growthVerdict } from "../../../rules/findings/growth_verdict.ts";
import { YOUNG_SECONDS } from "../../../rules/findings/leak_probability.ts";

/** Descriptors that the detector calls a leak after five minutes. */
const descriptors = (over: Partial<GrowthCase> = {}): GrowthCase => ({
  assessment: { verdict: "leak", confidence: 0.6, score: 1.5 },
  unit: "count",
  is_significant: true,
  watched_seconds: 300,
  program: { age_seconds: 300, cpu_seconds: null, is_filling: false },
  profile: { seconds: 300, rate_per_hour: 600, second_half: 0.5, value: 60, work: null },
  patience_seconds: 0,
  ...over,
});

Deno.test("growth verdict: counts that grow steadily in a young program are likely a leak, and not called one", () => {
  const probability = growthProbability(descriptors());
  assert.ok(probability > 0.7, `${probability}`);
  assert.equal(growthVerdict(probability), "growing");
});

Deno.test("growth verdict: less is claimed of what is no leak by its shape, or may be chance", () => {
  const growing = descriptors({ assessment: { verdict: "growing", confidence: 0.6, score: 0.9 } });
  assert.equal(growthProbability(growing), 0.6);
  assert.equal(growthProbability(descriptors({ is_significant: false })), 0.5);
});

Deno.test("growth verdict: of a program that is old enough it is what the detector claims", () => {
  const program = { age_seconds: YOUNG_SECONDS + 1, cpu_seconds: null, is_filling: false };
  const assessment = { verdict: "leak", confidence: 0.8, score: 1.5 } as const;
  const old = descriptors({ program, assessment, watched_seconds: 900 });
  assert.equal(growthProbability(old), 0.8);
});
