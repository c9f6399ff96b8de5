import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  falseAccusations,
  finds,
  isLarge,
  separation,
  share,
} from "../../../bench/servers/scoring/measures.ts";
import type { Track } from "../../../bench/servers/scoring/track.ts";
import type { Verdict } from "../../../model/finding.ts";

const EVERY = 30;

/** One letter an evaluation: L leak, g growing, . nothing. */
function track(letters: string, over: Partial<Track["program"]> = {}, probability = 0.9): Track {
  const verdicts: Record<string, Verdict | null> = { L: "leak", g: "growing", ".": null };
  return {
    program: {
      name: "server",
      truth: "leak",
      kind: "process-memory",
      rate_per_hour: 100 * 2 ** 20,
      leaks_from_seconds: 0,
      start_seconds: 0,
      end_seconds: letters.length * EVERY,
      processes: [],
      shared_names: new Set(),
      ...over,
    },
    opinions: [...letters].map((letter, i) => ({
      seconds: (i + 1) * EVERY,
      age_seconds: (i + 1) * EVERY,
      watched_seconds: (i + 1) * EVERY,
      verdict: verdicts[letter]!,
      probability: letter === "." ? 0 : probability,
      rate_per_hour: letter === "." ? null : 110 * 2 ** 20,
    })),
  };
}

const healthy = (letters: string, name = "server") =>
  track(letters, { name, truth: "healthy", kind: null, leaks_from_seconds: Infinity });

Deno.test("an episode is one accusation, however long it lasts", () => {
  const result = falseAccusations([healthy("..LLL..L"), healthy("ggg")], EVERY);
  strictEqual(result.episodes, 2);
  deepStrictEqual(result.accused, ["server"]);
  ok(Math.abs(result.server_hours - 11 * EVERY / 3600) < 1e-12);
});

Deno.test("accusations are counted by age, and go on across the border", () => {
  const tracks = [healthy("..LL")];
  strictEqual(falseAccusations(tracks, EVERY, 0, 120).episodes, 1);
  strictEqual(falseAccusations(tracks, EVERY, 120).episodes, 1);
});

Deno.test("a leak is accused wrongly only before it begins", () => {
  strictEqual(falseAccusations([track("LL", { leaks_from_seconds: 60 })], EVERY).episodes, 1);
  strictEqual(falseAccusations([track("LL")], EVERY).episodes, 0);
});

Deno.test("time to find counts from when it leaks and is watched", () => {
  const [early, late, never] = finds([
    track("..LL"),
    track(".gLL", { leaks_from_seconds: 60 }),
    track("ggg"),
  ]);
  deepStrictEqual([early!.after_seconds, early!.age_seconds], [90, 90]);
  deepStrictEqual([late!.after_seconds, late!.age_seconds], [30, 90]);
  deepStrictEqual([never!.after_seconds, never!.kept], [null, null]);
});

Deno.test("what was found may be lost again", () => {
  strictEqual(finds([track("LLg.")])[0]!.kept, 0.5);
});

Deno.test("the rate is held against the truth", () => {
  ok(Math.abs(finds([track("LL.")])[0]!.rate_error! - 0.1) < 1e-9);
  strictEqual(finds([track("..")])[0]!.rate_error, null);
});

Deno.test("only leaks of memory of 60 MiB/h and more are large", () => {
  const of = (over: Partial<Track["program"]>) => isLarge(finds([track("L", over)])[0]!);
  strictEqual(of({}), true);
  strictEqual(of({ rate_per_hour: 12 * 2 ** 20 }), false);
  strictEqual(of({ kind: "process-descriptors", rate_per_hour: 1e9 }), false);
  strictEqual(of({ kind: "tmpfs" }), true);
});

Deno.test("separation is the difference of the means", () => {
  const { leaks, healthy: other, difference } = separation([
    track("LL", {}, 0.8),
    track("gg", {}, 0.6),
    healthy("g."),
  ], 60);
  deepStrictEqual([leaks.toFixed(2), other.toFixed(2), difference.toFixed(2)], ["0.70", "0.00", "0.70"]);
});

Deno.test("a share of nothing is none", () => {
  strictEqual(share([], () => true), null);
  strictEqual(share([1, 2], (item) => item > 1), 0.5);
});
