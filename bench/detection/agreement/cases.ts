import type { Unit } from "../../../model/finding.ts";
import { FAMILIES, type LabelledSeries, type Length, LENGTHS, makeSeries } from "../synthetic/mod.ts";

/** Series of each family and length in the recorded agreement with the reference prototype. */
export const CASES_EACH = 27;
const SEED = 20_241;

/** A case: a generated series, some with a limit, some as percent of it. */
export interface AgreementCase {
  id: string;
  series: LabelledSeries;
  unit: Unit;
  values: number[];
  limit: number | null;
}

/** All cases, in the order of the recorded table. A third have a limit; of those a half are in percent. */
export function* agreementCases(): Generator<AgreementCase> {
  for (const family of FAMILIES) {
    for (const length of Object.keys(LENGTHS) as Length[]) {
      for (let index = 0; index < CASES_EACH; index++) {
        const series = makeSeries(family, length, SEED, index);
        const id = `${family}/${length}/${index}`, most = series.values.reduce((a, b) => Math.max(a, b));
        if (index % 3 !== 2) yield { id, series, unit: series.unit, values: series.values, limit: null };
        else if (index % 2 === 0 || series.unit !== "bytes") {
          yield { id, series, unit: series.unit, values: series.values, limit: Math.round(most * 1.6) };
        } else {
          const values = series.values.map((v) => Math.round((v / most) * 8000) / 100);
          yield { id, series, unit: "percent", values, limit: 100 };
        }
      }
    }
  }
}
