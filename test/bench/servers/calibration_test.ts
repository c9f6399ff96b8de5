import { ok, strictEqual } from "node:assert";
import fc from "fast-check";
import {
  brierScore,
  calibrationError,
  type Forecast,
  reliability,
} from "../../../bench/servers/scoring/calibration.ts";

const said = (probability: number, isLeak: boolean, weight = 1): Forecast => ({
  probability,
  isLeak,
  weight,
});

Deno.test("a probability that comes true as often as it says is calibrated", () => {
  const forecasts = [said(.75, true), said(.75, true), said(.75, true), said(.75, false)];
  ok(calibrationError(reliability(forecasts)) < 1e-12);
});

Deno.test("always sure and half wrong is off by a half", () => {
  const forecasts = [said(1, true), said(1, false)];
  strictEqual(calibrationError(reliability(forecasts)), 0.5);
  strictEqual(brierScore(forecasts), 0.5);
});

Deno.test("bins hold what lies in them, the last one the 1 too", () => {
  const bins = reliability([said(0, false), said(.05, false), said(.95, true), said(1, true)]);
  strictEqual(bins[0]!.weight, 2);
  strictEqual(bins[9]!.weight, 2);
  strictEqual(bins[9]!.frequency, 1);
});

Deno.test("a heavier forecast counts for more", () => {
  ok(Math.abs(brierScore([said(1, true, 3), said(1, false, 1)]) - .25) < 1e-12);
});

Deno.test("scores lie between 0 and 1 whatever is said", () => {
  const forecast = fc.record({
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    isLeak: fc.boolean(),
    weight: fc.double({ min: .01, max: 10, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(forecast, { minLength: 1 }), (forecasts) => {
    const brier = brierScore(forecasts), error = calibrationError(reliability(forecasts));
    const total = reliability(forecasts).reduce((sum, bin) => sum + bin.weight, 0);
    const weights = forecasts.reduce((sum, { weight }) => sum + weight, 0);
    return brier >= 0 && brier <= 1 && error >= 0 && error <= 1 && Math.abs(total - weights) < 1e-6;
  }));
});
