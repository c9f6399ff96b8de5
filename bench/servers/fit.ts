/**
 * Fits the coefficients of the leak probability (rules/findings/leak_model.ts) to recordings: logistic regression by Newton's method with a
 * small ridge, each program weighted alike whatever its number of processes, cross-validated over programs.
 *
 *     deno task bench:servers:fit [FOLDER_OF_A_RECORDING …]
 *
 * Prints the coefficients; whoever likes them writes them into leak_model.ts.
 */
import { parseArgs } from "node:util";
import type { ProcessSample } from "../../model/process_sample.ts";
import { processLeakableBytes } from "../../model/leakable.ts";
import { leakFeatures } from "../../rules/findings/leak_probability.ts";
import { WatchedSeries } from "../../rules/findings/watched_series.ts";
import type { Label, Labels } from "./labels.ts";
import { eachSample } from "./replay.ts";

const EVERY_SECONDS = 30, LATE_SECONDS = 900, MIN_RISE_BYTES = 4 * 2 ** 20;
const RIDGE = 1, ITERATIONS = 60, WEIGHT_EXPONENT = 0.3;

interface Row {
  program: string;
  isLeak: boolean;
  features: number[];
}

/** Rows of one view: the growing evaluations of every labelled process, watched from `fromSeconds` of the recording on. */
async function rowsOf(folder: string, fromSeconds: number): Promise<Row[]> {
  const labels: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/labels.json`));
  const known = new Map<number, Label>();
  for (const label of labels.programs) {
    // What leaks elsewhere (descriptors, shared memory) says nothing about anonymous memory.
    if (label.truth === "leak" && label.kind !== "process-memory") continue;
    const pids = label.truth === "leak" ? label.blamed_pids : label.processes.map(({ pid }) => pid);
    for (const pid of pids) known.set(pid, label);
  }
  const series = new Map<string, { watched: WatchedSeries; next: number }>(), rows: Row[] = [];
  await eachSample(folder, fromSeconds, (time, process: ProcessSample) => {
    const label = known.get(process.pid);
    if (!label) return;
    const key = `${process.pid}/${process.start_ticks}`;
    let entry = series.get(key);
    if (!entry) {
      const watched = new WatchedSeries({ unit: "bytes", min_rise: MIN_RISE_BYTES, confirmations: 3 });
      series.set(key, entry = { watched, next: time + EVERY_SECONDS });
    }
    entry.watched.push(time, processLeakableBytes(process));
    if (time < entry.next || !entry.watched.moves) return;
    entry.next += EVERY_SECONDS;
    const { verdict } = entry.watched.classify(), profile = entry.watched.profile();
    if ((verdict !== "leak" && verdict !== "growing") || !profile || profile.rate_per_hour <= 0) return;
    const age_seconds = time - process.started_at_seconds;
    rows.push({
      program: label.name,
      isLeak: label.truth === "leak",
      features: leakFeatures({ profile, age_seconds }),
    });
  });
  return rows;
}

/** Newton's method on the weighted logistic likelihood; the intercept is not shrunk. */
function fit(rows: readonly Row[]): number[] {
  const size = rows[0]!.features.length, beta = new Array<number>(size).fill(0);
  const counts = new Map<string, number>();
  for (const { program } of rows) counts.set(program, (counts.get(program) ?? 0) + 1);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = beta.map((value, i) => i === 0 ? 0 : RIDGE * value);
    const hessian = beta.map((_, i) => beta.map((_, j) => i === j ? (i === 0 ? 1e-6 : RIDGE) : 0));
    for (const { program, isLeak, features } of rows) {
      const weight = counts.get(program)! ** -WEIGHT_EXPONENT, p = probabilityOf(features, beta);
      for (let i = 0; i < size; i++) {
        gradient[i]! += features[i]! * weight * (p - Number(isLeak));
        for (let j = 0; j < size; j++) hessian[i]![j]! += features[i]! * features[j]! * weight * p * (1 - p);
      }
    }
    solve(hessian, gradient).forEach((step, i) => beta[i]! -= step);
  }
  return beta;
}

const probabilityOf = (features: readonly number[], beta: readonly number[]) =>
  1 / (1 + Math.exp(-features.reduce((sum, value, i) => sum + value * beta[i]!, 0)));

/** Gaussian elimination with pivots; both arguments are used up. */
function solve(matrix: number[][], vector: number[]): number[] {
  const n = vector.length;
  for (let column = 0; column < n; column++) {
    const rest = matrix.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + rest.indexOf(Math.max(...rest));
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [vector[column], vector[pivot]] = [vector[pivot]!, vector[column]!];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k < n; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
      vector[row]! -= factor * vector[column]!;
    }
  }
  const result = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row--) {
    let sum = vector[row]!;
    for (let k = row + 1; k < n; k++) sum -= matrix[row]![k]! * result[k]!;
    result[row] = sum / matrix[row]![row]!;
  }
  return result;
}

const { positionals } = parseArgs({ args: Deno.args, allowPositionals: true });
const kept = new URL("recordings", import.meta.url).pathname;
const folders = positionals.length > 0
  ? positionals
  : [...Deno.readDirSync(kept)].filter((entry) => entry.isDirectory).map(({ name }) => `${kept}/${name}`);
const rows: Row[] = [];
for (const folder of folders) for (const from of [0, LATE_SECONDS]) rows.push(...await rowsOf(folder, from));

const round = (value: number) => Math.round(value * 100) / 100;
console.log(`${rows.length} evaluations of ${new Set(rows.map(({ program }) => program)).size} programs`);
console.log(`LEAK_MODEL = [${fit(rows).map(round).join(", ")}];`);
let squares = 0;
for (const program of new Set(rows.map((row) => row.program))) {
  const beta = fit(rows.filter((row) => row.program !== program));
  for (const row of rows) {
    if (row.program === program) squares += (probabilityOf(row.features, beta) - Number(row.isLeak)) ** 2;
  }
}
console.log(
  `Brier score, each program by a model that has not seen it: ${(squares / rows.length).toFixed(3)}`,
);
