/**
 * Measures how well leakwatch tells a leak, beside the usual ways, and keeps the results.
 *
 *     deno task bench:detection [FOLDER_OF_REAL_SERIES]     (or the environment's LEAKWATCH_SERIES)
 */
import { cost } from "./cost.ts";
import { ABLATIONS, type Detector, OURS, RIVALS, without } from "./detectors.ts";
import { asMonitor, foundByStrength, onModels, onReal, onSynthetic } from "./measure.ts";
import { foundPlot } from "./plot.ts";
import { readRealSeries } from "./real_series.ts";
import { report, type Results } from "./report.ts";

/** Not the seeds that the constants were chosen on. */
const SEED = 555_001, EACH = 60;
const STRENGTHS = [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 20];
const here = (name: string) => new URL(name, import.meta.url);

const folder = Deno.args[0] ?? Deno.env.get("LEAKWATCH_SERIES") ?? null;
const say = (what: string) => console.error(`bench:detection: ${what}`);
const detectors: Detector[] = [OURS, ...RIVALS, ...ABLATIONS.map(without)];

say("generated series");
const synthetic = onSynthetic(detectors, SEED, EACH);
say("models of programs");
const models = onModels([OURS, ...RIVALS], SEED, EACH);
say(folder ? `real series in ${folder}` : "no folder of real series given: that part is left out");
const hosts = folder ? readRealSeries(folder) : [];
const real = folder ? onReal(detectors, folder) : null;
const looks = (leaks: boolean) =>
  Object.fromEntries([1, 3].map((n) => [n, asMonitor(hosts.filter((host) => host.leaks === leaks), n)]));
const monitor = folder ? { healthy: looks(false), ageing: looks(true) } : null;
say("leak size over noise, cost");
const results: Results = {
  made_with: `Deno ${Deno.version.deno}, ${EACH} series per family and length, seed ${SEED}`,
  synthetic,
  models,
  real,
  monitor,
  strengths: STRENGTHS,
  found: foundByStrength(SEED, 100, STRENGTHS),
  cost: cost(),
};
Deno.writeTextFileSync(here("results/results.json"), `${JSON.stringify(results, null, 1)}\n`);
Deno.writeTextFileSync(here("results/found.svg"), foundPlot(STRENGTHS, results.found));
Deno.writeTextFileSync(here("results.md"), report(results).replace("(found.svg)", "(results/found.svg)"));
say("written: bench/detection/results.md, results/results.json, results/found.svg");
