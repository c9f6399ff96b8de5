/**
 * Starts scenarios, records them with leakwatch's own monitor, writes labels, stops everything it started.
 *
 *     deno task bench:servers:record OUTPUT_FOLDER [--minutes=45] [--only=REGEX] [--half=1/2] [--vary=SEED]
 *         [--counters] [--work-dir=…] [--first-port=21000]
 *
 * LEAKWATCH_BINARY names a built leakwatch; without it the sources run as they are. Needs root (users, tmpfs) and Linux 6.2 or newer for descriptors in the counters. See README.md for the packages.
 */
import { parseArgs } from "node:util";
import { COUNTERS_HEADER, JVM_HEADER, readCounters, readJvm } from "./counters.ts";
import type { Labels } from "./labels.ts";
import { isInstalled, prepare } from "./prepare.ts";
import { MARK, readProcesses, readText } from "./processes.ts";
import { RunningScenario } from "./running_scenario.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
import { removeSharedMemory } from "./shared_memory.ts";
import { slopePerHour } from "./slope.ts";
import { varied } from "./vary.ts";

const PAUSE_BETWEEN_STARTS_MS = 700;
const SCAN_EVERY_SECONDS = 5;
const PORTS_EACH = 5;

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "45" },
    only: { type: "string", default: "" },
    half: { type: "string", default: "1/1" },
    vary: { type: "string", default: "0" },
    "first-port": { type: "string", default: "21000" },
    counters: { type: "boolean", default: false },
    "work-dir": { type: "string", default: "/var/tmp/leakwatch-bench" },
  },
});
const output = positionals[0];
if (!output) {
  console.error("record: name the folder to write to");
  Deno.exit(2);
}
const encoder = new TextEncoder();
const log = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
const here = new URL(".", import.meta.url).pathname;
const firstPort = Number(values["first-port"]);
const work = values["work-dir"];
const recording = `${Deno.pid}-${Date.now()}`;
const scratch = `${work}/runs/${recording}`;
const [part, parts] = values.half.split("/").map(Number) as [number, number];

const wanted = SCENARIOS.filter(({ name }) => new RegExp(values.only).test(name));
const { built, prepared, missing } = await prepare(
  work,
  `${here}programs`,
  new Set(wanted.flatMap(({ uses }) => uses)),
);
// Interpreters of other users must be able to read their programs, wherever this repository lies.
const programs = `${scratch}/programs`;
Deno.mkdirSync(programs, { recursive: true });
for (const { name } of Deno.readDirSync(`${here}programs`)) {
  Deno.copyFileSync(`${here}programs/${name}`, `${programs}/${name}`);
}
Deno.mkdirSync(output, { recursive: true });

const chosen = wanted
  .map((scenario, index) => ({
    scenario: varied(scenario, Number(values.vary)),
    port: firstPort + index * PORTS_EACH,
  }))
  .filter((_, index) => index % parts === part - 1)
  .filter(({ scenario: { name, needs, uses } }) => {
    const lacking = [
      ...needs.filter((tool) => !isInstalled(tool)),
      ...uses.flatMap((use) => missing.get(use) ?? []),
    ];
    if (lacking.length > 0) log(`${name} is left out: no ${lacking.join(", no ")}`);
    return lacking.length === 0;
  });

const originPort = firstPort - 1;
const origin = isInstalled(`${built}/server`)
  ? new Deno.Command(`${built}/server`, {
    args: [String(originPort), "plain"],
    env: { [MARK]: `${recording}/origin` },
    stdout: "null",
    stderr: "null",
  }).spawn()
  : null;
const binary = Deno.env.get("LEAKWATCH_BINARY");
const leakwatch = binary
  ? [binary]
  : [Deno.execPath(), "run", "--allow-all", "--quiet", new URL("../../main.ts", import.meta.url).pathname];
const monitor = new Deno.Command(leakwatch[0]!, {
  args: [
    ...[...leakwatch.slice(1), "monitor", "0", "1", "--quiet"],
    ...["--top", "500", "--rotate-size", "4GiB", "--retain-size", "8GiB", "--output-dir", output],
  ],
  env: { [MARK]: `${recording}/monitor` },
  stdout: "null",
  stderr: "inherit",
}).spawn();

// Its own session: an interrupt at the terminal must not end it before it is needed.
const guard = new Deno.Command("setsid", {
  args: ["sh", `${here}guard.sh`, recording, scratch],
  stdin: "piped",
  stdout: "null",
  stderr: "null",
}).spawn();
const guardInput = guard.stdin.getWriter();
const tellGuard = (line: string | number) => void guardInput.write(encoder.encode(`${line}\n`));

const running: RunningScenario[] = [];
const rows = new Map<string, { seconds: number; bytes: number }[]>();
const startedAt = new Date();
const seconds = () => Math.round((Date.now() - startedAt.getTime()) / 1000);
let isStopping = false;

const writers = values.counters
  ? {
    kernel: Deno.openSync(`${output}/counters.csv`, { write: true, create: true, truncate: true }),
    jvm: Deno.openSync(`${output}/jvm.csv`, { write: true, create: true, truncate: true }),
  }
  : null;
writers?.kernel.writeSync(encoder.encode(`${COUNTERS_HEADER}\n`));
writers?.jvm.writeSync(encoder.encode(`${JVM_HEADER}\n`));

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  writeLabels();
  log("stopping");
  try {
    monitor.kill("SIGINT");
  } catch {
    log("the monitor has ended by itself");
  }
  await monitor.status;
  await Promise.all(running.map((scenario) => scenario.stop()));
  origin?.kill("SIGKILL");
  await removeSharedMemory(
    new Set(running.flatMap((one) => one.label(null).processes.map(({ pid }) => pid))),
  );
  Deno.removeSync(scratch, { recursive: true });
  await guardInput.write(encoder.encode("done\n"));
  await guard.status;
  log("stopped");
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(name, () => void stop().then(() => Deno.exit(1)));
}

function writeLabels(): void {
  const labels: Labels = {
    schema: "leakwatch.corpus/1",
    recorded_at: startedAt.toISOString(),
    duration_seconds: seconds(),
    kernel_release: (readText("/proc/sys/kernel/osrelease") ?? "").trim(),
    boot_id: (readText("/proc/sys/kernel/random/boot_id") ?? "").trim(),
    programs: running.map((scenario) => scenario.label(slopePerHour(rows.get(scenario.scenario.name) ?? []))),
  };
  Deno.writeTextFileSync(`${output}/labels.json`, `${JSON.stringify(labels, null, 1)}\n`);
}

/** Reads every process once; where `isScan`, looks for new ones too. */
function observe(now: number, alive: Map<RunningScenario, number[]>, isScan: boolean): void {
  const all = isScan ? readProcesses() : [];
  for (const scenario of running) {
    if (isScan) alive.set(scenario, scenario.observe(now, all));
    let kilobytes = 0;
    for (const pid of alive.get(scenario) ?? []) {
      const name = scenario.scenario.name, row = readCounters(now, name, pid);
      if (!row) continue;
      const [, , , , anon, swap] = row.split(",").map(Number);
      kilobytes += (anon ?? 0) + (swap ?? 0);
      writers?.kernel.writeSync(encoder.encode(`${row}\n`));
      const jvm = writers && readJvm(now, name, pid);
      if (jvm) writers.jvm.writeSync(encoder.encode(`${jvm}\n`));
    }
    if (kilobytes === 0) continue;
    const of = rows.get(scenario.scenario.name) ?? [];
    of.push({ seconds: now, bytes: kilobytes * 1024 });
    rows.set(scenario.scenario.name, of);
  }
}

try {
  log(`${chosen.length} programs for ${values.minutes} min into ${output}`);
  const alive = new Map<RunningScenario, number[]>();
  let last = -1;
  const timer = setInterval(() => {
    const now = seconds();
    if (now === last || isStopping) return;
    const isScan = Math.floor(now / SCAN_EVERY_SECONDS) !== Math.floor(last / SCAN_EVERY_SECONDS);
    last = now;
    observe(now, alive, isScan);
    if (isScan && now % 60 < SCAN_EVERY_SECONDS) writeLabels();
  }, 250);
  for (const { scenario, port } of chosen) {
    if (isStopping) break;
    const folder = `${scratch}/${scenario.name}`;
    const context = { folder, built, programs, prepared, tmpfs: `${folder}/tmpfs`, port, originPort };
    const one = new RunningScenario(scenario, context, recording, tellGuard);
    running.push(one);
    // Starting does not wait for the one before: a slow one would make the others late.
    one.start().catch((error) => log(`${scenario.name}: ${error.message}`));
    await new Promise((done) => setTimeout(done, PAUSE_BETWEEN_STARTS_MS));
  }
  observe(seconds(), alive, true);
  writeLabels();
  log("all started");
  while (seconds() < Number(values.minutes) * 60 && !isStopping) {
    await new Promise((done) => setTimeout(done, 1000));
  }
  clearInterval(timer);
  for (const one of running) if (one.lastError()) log(`${one.scenario.name}: load: ${one.lastError()}`);
} finally {
  await stop();
}
