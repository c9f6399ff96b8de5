import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { agreementCases } from "../../../bench/detection/agreement/cases.ts";
import { classifySeries } from "../../../rules/detector/mod.ts";

/** Recorded from the reference prototype by bench/detection/agreement/record.ts; rates have seven digits. */
const TABLE = new URL("./agreement_recorded.csv", import.meta.url);
/** Where we judge otherwise than the prototype did: the reason, and every case it touches with our verdict. */
const DIFFERENCES = new URL("./agreement_differences.json", import.meta.url);

interface Recorded {
  Case: string;
  Verdict: string;
  Rate: string;
  Rate_Low: string;
  Rate_High: string;
  Confidence: string;
  Soonest_Seconds: string;
  Latest_Seconds: string;
}

/** Equal but for the rounding of the table; near zero, as a share of the interval. */
function near(ours: number | null | undefined, recorded: string, scale: number): boolean {
  if (recorded === "" || ours === null || ours === undefined) {
    return recorded === "" && (ours ?? null) === null;
  }
  const theirs = Number(recorded);
  return Math.abs(ours - theirs) <= 1e-6 * Math.max(Math.abs(theirs), scale);
}

Deno.test("the detector agrees with the reference prototype on 3,348 generated series, but for the listed improvements", () => {
  const recorded = parse(Deno.readTextFileSync(TABLE), { columns: true }) as Recorded[];
  assert.ok(recorded.length >= 3000);
  const listed = JSON.parse(Deno.readTextFileSync(DIFFERENCES)) as {
    why: string;
    verdicts: Record<string, string>;
  }[];
  const expected = Object.assign({}, ...listed.map((difference) => difference.verdicts)) as Record<
    string,
    string
  >;
  const differing: Record<string, string> = {};
  let row = 0;
  for (const { id, series, unit, values, limit } of agreementCases()) {
    const theirs = recorded[row++]!;
    assert.equal(theirs.Case, id);
    const ours = classifySeries(series.times, values, { unit, limit });
    const rate = ours.rate_per_hour, left = ours.time_to_limit_seconds;
    const scale = rate ? rate.high - rate.low : 0;
    const same = ours.verdict === theirs.Verdict && near(rate?.mid, theirs.Rate, scale) &&
      near(rate?.low, theirs.Rate_Low, scale) && near(rate?.high, theirs.Rate_High, scale) &&
      near(ours.confidence, theirs.Confidence, 0) && near(left?.low, theirs.Soonest_Seconds, 0) &&
      near(left?.high, theirs.Latest_Seconds, 0);
    if (!same) differing[id] = ours.verdict;
  }
  assert.equal(row, recorded.length);
  if (Deno.env.get("LEAKWATCH_GOLDEN") === "write") console.log(JSON.stringify(differing));
  assert.deepEqual(differing, expected);
});
