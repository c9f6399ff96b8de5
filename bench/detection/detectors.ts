import type { Unit } from "../../model/finding.ts";
import { type Ablation, classifySeries } from "../../rules/detector/mod.ts";
import { hamedRao, mannKendall } from "./rivals/mann_kendall.ts";
import {
  linearBackwardRegression,
  olsFit,
  tenPercentAnHour,
  tenPercentGrowth,
} from "./rivals/rules_of_thumb.ts";

export interface Series {
  times: readonly number[];
  values: readonly number[];
  unit: Unit;
}

/** Says of a series whether it leaks. */
export interface Detector {
  name: string;
  leaks(series: Series): boolean;
}

const limitOf = (unit: Unit) => unit === "percent" ? 100 : null;

export const OURS: Detector = {
  name: "leakwatch",
  leaks: ({ times, values, unit }) => classifySeries(times, values, { unit }).verdict === "leak",
};

export function without(part: Ablation): Detector {
  const parts = new Set([part]);
  return {
    name: `without ${part}`,
    leaks: ({ times, values, unit }) =>
      classifySeries(times, values, { unit, without: parts }).verdict === "leak",
  };
}

/** Parts in the order in which the ablation lists them. */
export const ABLATIONS: readonly Ablation[] = [
  "transients",
  "typical",
  "floor",
  "troughs",
  "regression",
  "cycle",
  "late",
  "tail",
  "slowing",
  "increments",
  "autocorrelation",
];

/** The rivals see means over at most this many equal parts: the quadratic ones would take minutes otherwise. */
const POINTS = 288;

function thinned({ times, values }: Series): [number[], number[]] {
  const each = Math.max(1, Math.ceil(times.length / POINTS)), t: number[] = [], v: number[] = [];
  for (let i = 0; i < times.length; i += each) {
    const to = Math.min(times.length, i + each);
    let ts = 0, vs = 0;
    for (let j = i; j < to; j++) {
      ts += times[j]!;
      vs += values[j]!;
    }
    t.push(ts / (to - i));
    v.push(vs / (to - i));
  }
  return [t, v];
}

const rival = (
  name: string,
  leaks: (times: number[], values: number[], limit: number | null) => boolean,
): Detector => ({
  name,
  leaks: (series) => leaks(...thinned(series), limitOf(series.unit)),
});

export const RIVALS: readonly Detector[] = [
  rival("Mann–Kendall p < .05", mannKendall),
  rival("Hamed–Rao p < .05", hamedRao),
  rival("OLS, R² ≥ .8", olsFit),
  rival("LBR, best window R² ≥ .8", linearBackwardRegression),
  rival("coroot, > 10 %/h", tenPercentAnHour),
  rival("old scripts, > 10 % growth", tenPercentGrowth),
];
