/**
 * Fits the coefficients of the leak probability (rules/findings/leak_model.ts) to recordings: logistic regression by Newton's method with a
 * small ridge, each program weighted alike whatever its number of processes, cross-validated over programs.
 *
 *     deno task bench:servers:fit [FOLDER_OF_A_RECORDING …]
 *
 * Prints the coefficients; whoever likes them writes them into leak_model.ts.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONFIRMATIONS_WATCHING } from "../../cli/create_pipeline.ts";
import { leakFeatures } from "../../rules/findings/leak_probability.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import type { Labels } from "./labels.ts";
import { eachSample } from "./replay.ts";
import { isAbout, leaksAt, scoredPrograms } from "./scoring/track.ts";

const EVERY_SECONDS = 30, LATE_SECONDS = 900;
const RIDGE = 1, ITERATIONS = 60, WEIGHT_EXPONENT = 0.7;

interface Row {
  program: string;
  isLeak: boolean;
  features: number[];
}

/**
 * What the model was asked about each labelled process, watched from `fromSeconds` of the recording on. What fills a limit that it
 * declares is not the model's to decide.
 */
async function rowsOf(folder: string, fromSeconds: number): Promise<Row[]> {
  const labels: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/labels.json`));
  const recorded = Date.parse(labels.recorded_at) / 1000;
  // What leaks elsewhere (descriptors, shared memory) says nothing about anonymous memory.
  const programs = scoredPrograms(labels.programs, labels.recorded_at, labels.duration_seconds)
    .filter(({ kind }) => kind === null || kind === "process-memory");
  const rows: Row[] = [];
  let seconds = 0, next = 0;
  const detector = new LeakDetector({
    confirmations: CONFIRMATIONS_WATCHING,
    onLeakEvidence(subject, evidence) {
      if (evidence.is_filling || evidence.profile.rate_per_hour <= 0) return;
      const finding = { kind: "process-memory", subject } as const;
      const program = programs.find((each) => isAbout(finding, each, seconds));
      if (!program) return;
      const isLeak = leaksAt(program, seconds - program.start_seconds);
      rows.push({ program: program.name, isLeak, features: leakFeatures(evidence) });
    },
  });
  await eachSample(folder, fromSeconds, (sample) => {
    seconds = sample.wall_seconds - recorded;
    detector.observe(sample);
    if (seconds < next) return;
    next = seconds + EVERY_SECONDS;
    detector.findings();
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
      const weight = 20 * counts.get(program)! ** -WEIGHT_EXPONENT, p = probabilityOf(features, beta);
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
const kept = fileURLToPath(new URL("recordings", import.meta.url));
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
