import { ok, strictEqual } from "node:assert";
import { report } from "../../../bench/servers/scoring/report.ts";
import type { Opinion, Track } from "../../../bench/servers/scoring/track.ts";

const EVERY = 60;

function track(
  name: string,
  truth: "healthy" | "leak",
  leaksFrom: number,
  verdicts: Opinion["verdict"][],
): Track {
  return {
    program: {
      name,
      truth,
      kind: truth === "leak" ? "process-memory" : null,
      rate_per_hour: truth === "leak" ? 100 * 2 ** 20 : null,
      leaks_from_seconds: leaksFrom,
      start_seconds: 0,
      end_seconds: verdicts.length * EVERY,
      processes: [],
      shared_names: new Set(),
    },
    opinions: verdicts.map((verdict, i) => ({
      seconds: (i + 1) * EVERY,
      age_seconds: (i + 1) * EVERY,
      watched_seconds: (i + 1) * EVERY,
      verdict,
      probability: verdict === "leak" ? .9 : verdict === "growing" ? .5 : 0,
      rate_per_hour: verdict ? 110 * 2 ** 20 : null,
    })),
  };
}

const five = <Item>(item: Item) => Array.from({ length: 5 }, () => item);
const TRACKS = [
  track("map", "leak", 0, five("leak")),
  track("late", "leak", 240, ["growing", "growing", "growing", "leak", "leak"]),
  track("cache", "healthy", Infinity, ["leak", null, null, null, null]),
];
const inTime = {
  what: "within 2 min",
  test: ({ after_seconds }: { after_seconds: number | null }) => (after_seconds ?? 1e9) <= 120,
};
const text = report([{ title: "All", tracks: TRACKS, every: EVERY, inTime }]);
const row = (start: string) => text.split("\n").find((line) => line.startsWith(`| ${start} |`)) ?? "";

Deno.test("the report shows verdict and probability over time, and what is not yet a leak", () => {
  strictEqual(row("map"), "| map | leak | leak 0.90 | leak 0.90 |  |  |  |  |");
  strictEqual(row("late"), "| late | leak | growing 0.50 † | leak 0.90 |  |  |  |  |");
  strictEqual(row("cache"), "| cache | healthy | – | – |  |  |  |  |");
});

Deno.test("the report names the falsely accused, and counts leaks found in time", () => {
  ok(row("false accusations under 15 min of age").endsWith(": cache |"));
  ok(row("false accusations after").includes("0 in 0.0 server-hours"));
  strictEqual(
    row("of 2 leaks of memory of 60 MiB/h and more, called within 2 min").split("|")[2]?.trim(),
    "100 %",
  );
  strictEqual(
    row("mean probability at 5 min: leaks, healthy, difference").split("|")[2]?.trim(),
    "0.90, 0.00, 0.90",
  );
});
