import { ok, strictEqual } from "node:assert";
import fc from "fast-check";
import {
  EARLY_PROBABILITY,
  growthAge,
  LEAK_PROBABILITY,
  type LeakEvidence,
  leakProbability,
  lifetimeRatio,
  YOUNG_SECONDS,
} from "../../../rules/findings/leak_probability.ts";

const MiB = 2 ** 20;

/** 60 MiB/h for an hour, and nothing else. */
function evidence(
  over: Partial<LeakEvidence> = {},
  profile: Partial<LeakEvidence["profile"]> = {},
): LeakEvidence {
  return {
    profile: {
      seconds: 600,
      rate_per_hour: 60 * MiB,
      second_half: 0.5,
      value: 60 * MiB,
      work: null,
      ...profile,
    },
    age_seconds: 3600,
    cpu_seconds: null,
    watched_seconds: 1800,
    score: 1.5,
    is_filling: false,
    ...over,
  };
}

Deno.test("what has grown at this rate for all of its life is a leak, what grows little for its age is not", () => {
  ok(leakProbability(evidence()) >= 0.9);
  ok(leakProbability(evidence({}, { value: 1000 * MiB })) < LEAK_PROBABILITY);
});

Deno.test("nobody is a leak who is young, levels off, fills what it was given, or is hardly seen to grow", () => {
  for (
    const weak of [
      evidence({ age_seconds: YOUNG_SECONDS - 1 }, { value: 19 * MiB }),
      evidence({}, { second_half: 0.3 }),
      evidence({ is_filling: true }),
      evidence({ score: 0.5 }),
    ]
  ) ok(leakProbability(weak) <= EARLY_PROBABILITY, JSON.stringify(weak));
});

Deno.test("a burst began no earlier than it was first watched", () => {
  const burst = evidence({ age_seconds: 86_400, watched_seconds: 300 });
  strictEqual(growthAge(burst), 300);
  ok(leakProbability(burst) <= EARLY_PROBABILITY);
});

Deno.test("a leak that follows the load is measured by its work when the load falls", () => {
  // An hour of 120 MiB/h, then a tenth of the load.
  const slow = { rate_per_hour: 12 * MiB, second_half: 0.2, value: 120 * MiB };
  const byClock = evidence({}, slow);
  const byWork = evidence({ cpu_seconds: 360 }, {
    ...slow,
    work: { rate_per_cpu_second: MiB / 3, second_half: 0.5 },
  });
  ok(lifetimeRatio(byClock) < 0.2);
  strictEqual(lifetimeRatio(byWork), 1);
  ok(leakProbability(byClock) < LEAK_PROBABILITY);
  ok(leakProbability(byWork) >= LEAK_PROBABILITY);
});

Deno.test("a probability is one, and grows with the share of its memory that the growth explains", () => {
  fc.assert(fc.property(
    fc.double({ min: 60, max: 1e6, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    (age_seconds, one, other) => {
      const at = (ratio: number) =>
        leakProbability(evidence({ age_seconds }, { value: 60 * MiB * age_seconds / 3600 / ratio }));
      ok(at(one) >= 0 && at(one) <= 1);
      if (one > other) ok(at(one) >= at(other) - 1e-9);
    },
  ));
});
