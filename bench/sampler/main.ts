/**
 * What a pass over all processes costs, beside what people use: `deno task bench:sampler`. Every round lets each of them
 * take one pass, so that a busy moment of the machine meets all alike; what counts are the ratios of the medians.
 * Needs gcc, and pidstat (sysstat) for its column. Writes bench/sampler/results.md. Where others start processes meanwhile,
 * give it a world of its own: `unshare --pid --fork --mount-proc deno task bench:sampler`.
 */

import { fileURLToPath } from "node:url";
import { cpuMicroseconds } from "./cpu_time.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const COUNTS = [200, 1000, 3000];
const ROUNDS = 30;
/** Passes before the rounds: first sight of all processes, and the compiler's work on our code. */
const WARM_UP = 20;
const AT_ONE_HERTZ_SECONDS = 30;

const build = Deno.makeTempDirSync();
const script = (name: string) => ["deno", "run", "--allow-all", "--no-lock", `${HERE}${name}`];

/** A child that takes one pass for each line it is given, and answers with microseconds and processes. */
class Passer {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(command: string[]) {
    this.#child = new Deno.Command(command[0]!, { args: command.slice(1), stdin: "piped", stdout: "piped" })
      .spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async pass(): Promise<{ microseconds: number; processes: number }> {
    await this.#writer.write(new TextEncoder().encode("\n"));
    const [microseconds, processes] = ((await this.#reader.read()).value ?? "").trim().split(" ").map(Number);
    return { microseconds: microseconds!, processes: processes! };
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}

function compile(source: string): void {
  const { success, stderr } = new Deno.Command("gcc", {
    args: ["-O2", "-o", `${build}/${source.split("/").at(-1)}`, `${HERE}${source}.c`],
  })
    .outputSync();
  if (!success) throw new Error(`Cannot compile ${source}.c: ${new TextDecoder().decode(stderr)}`);
}

/** Microseconds that a command uses, from wait4(2). */
async function costOf(...command: string[]): Promise<number> {
  const { stdout } = await new Deno.Command(`${build}/cost`, { args: command, env: { LC_ALL: "C" } })
    .output();
  const microseconds = Number(new TextDecoder().decode(stdout).trim() || NaN);
  if (!(microseconds > 0)) throw new Error(`Cannot measure ${command[0]}: it failed or is not installed`);
  return microseconds;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Row {
  processes: number;
  ours: number;
  cBoth: number;
  cStatm: number;
  ps: number;
  pidstat: number;
}

/** Milliseconds per pass of everybody at so many processes. Ours is the mean: its dear passes are rare, not outliers. */
async function measure(count: number): Promise<Row & { watcher: string }> {
  const idle = new Deno.Command("setsid", {
    args: [`${build}/moving`, String(count), "0"],
    stdin: "piped",
    stdout: "piped",
  })
    .spawn();
  await idle.stdout.getReader().read();
  const ours = new Passer(script("our_pass.ts"));
  const cBoth = new Passer([`${build}/open_read_close`]);
  const cStatm = new Passer([`${build}/open_read_close`, "statm"]);
  const all = { ours: [], cBoth: [], cStatm: [], ps: [] } as Record<
    "ours" | "cBoth" | "cStatm" | "ps",
    number[]
  >;
  let processes = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const us = await ours.pass();
    const both = await cBoth.pass();
    const statm = await cStatm.pass();
    if (round < 0) continue;
    processes = us.processes;
    all.ours.push(us.microseconds);
    all.cBoth.push(both.microseconds);
    all.cStatm.push(statm.microseconds);
    all.ps.push(await costOf("ps", "-eo", "pid,rss,vsz,comm"));
  }
  for (const passer of [ours, cBoth, cStatm]) await passer.end();
  // It reads everything at its start and after each of four seconds.
  const pidstat: number[] = [];
  for (let run = 0; run < 3; run++) pidstat.push(await costOf("pidstat", "-r", "-p", "ALL", "1", "4") / 5);
  const watcher = await measureWatcher(processes);
  await idle.stdin.close();
  await idle.status;
  return {
    processes,
    ours: mean(all.ours) / 1000,
    cBoth: median(all.cBoth) / 1000,
    cStatm: median(all.cStatm) / 1000,
    ps: median(all.ps) / 1000,
    pidstat: median(pidstat) / 1000,
    watcher,
  };
}

/** The whole sampler, every collector, in a process of its own at 1 Hz: processor time after its start, and its RSS. */
async function measureWatcher(processes: number): Promise<string> {
  const child = new Deno.Command("deno", {
    args: [...script("at_one_hertz.ts").slice(1), String(AT_ONE_HERTZ_SECONDS + 20)],
    stdout: "null",
  }).spawn();
  const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await sleep(10);
  const begin = cpuMicroseconds(child.pid);
  const rssBefore = rssMebibytes(child.pid);
  await sleep(AT_ONE_HERTZ_SECONDS);
  const used = (cpuMicroseconds(child.pid) - begin) / 1000;
  const rss = rssMebibytes(child.pid);
  child.kill("SIGKILL");
  await child.status;
  const perSample = used / AT_ONE_HERTZ_SECONDS;
  return `| ${processes} | ${perSample.toFixed(1)} | ${(perSample / 10).toFixed(2)} % | ${
    rssBefore.toFixed(1)
  } | ` +
    `${rss.toFixed(1)} |`;
}

function rssMebibytes(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * 4096 / 2 ** 20;
}

function table(rows: Row[]): string {
  const header =
    "| processes | leakwatch | C, stat and statm | C, statm alone | ps | pidstat -r | leakwatch ÷ C | " +
    "÷ C, statm alone | ÷ ps | ÷ pidstat |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  return header + rows.map((row) => {
    const { processes, ours, cBoth, cStatm, ps, pidstat } = row;
    const cost = (ms: number) => `${ms.toFixed(1)} ms (${(ms * 1000 / processes).toFixed(1)} µs)`;
    return `| ${processes} | ${[ours, cBoth, cStatm, ps, pidstat].map(cost).join(" | ")} | ` +
      [cBoth, cStatm, ps, pidstat].map((other) => (ours / other).toFixed(2)).join(" | ") + " |";
  }).join("\n");
}

for (const name of ["../monitor/moving", "open_read_close", "cost"]) compile(name);
const rows: (Row & { watcher: string })[] = [];
for (const count of COUNTS) {
  console.error(`bench: ${count} idle processes …`);
  rows.push(await measure(count));
}
Deno.removeSync(build, { recursive: true });

const cpu = /^model name\s*: (.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
const kernel = Deno.readTextFileSync("/proc/sys/kernel/osrelease").trim();
const report = `# What a sample costs

Made by \`deno task bench:sampler\` on ${
  new Date().toISOString().slice(0, 10)
}: Deno ${Deno.version.deno}, Linux ${kernel}, \
${navigator.hardwareConcurrency} × ${cpu}.

## One pass over all processes
Processor time of one pass, and per process. leakwatch reads statm of every process in each pass, stat every ten seconds,
status and the number of descriptors every 15: this is their mean at 1 Hz over ${ROUNDS} passes, threads of the runtime
included. \`C\` opens, reads, closes and parses stat and statm (or statm alone) of every process; \`ps -eo pid,rss,vsz,comm\`
is started anew each time, as one does in a loop; \`pidstat -r -p ALL 1\` runs on. All took turns in the same seconds, beside
the same idle processes; medians of ${ROUNDS}.

${table(rows)}

To reach: at most 0.6 of the C program, at most 0.2 of ps.

## All collectors at 1 Hz
The whole sampler in a process of its own, for ${AT_ONE_HERTZ_SECONDS} s after ten seconds of warming up.

| processes | CPU ms per sample | of one processor | RSS MiB at the beginning | RSS MiB at the end |
|---:|---:|---:|---:|---:|
${rows.map(({ watcher }) => watcher).join("\n")}
`;
Deno.writeTextFileSync(`${HERE}results.md`, report);
new Deno.Command("deno", { args: ["fmt", "--quiet", `${HERE}results.md`] }).outputSync();
console.log(report);
