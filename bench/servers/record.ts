/**
 * Starts scenarios, records them with leakwatch's own monitor, writes labels, ends everything it started.
 *
 *     deno task bench:servers:record OUTPUT_FOLDER [--minutes=45] [--only=REGEX] [--half=1/2] [--vary=SEED]
 *         [--counters] [--work-dir=…] [--first-port=21000]
 *
 * LEAKWATCH_BINARY names a built leakwatch; without it the sources run as they are. Needs root (users, tmpfs), and Linux 6.2
 * or newer for descriptors in the counters. README.md lists the packages.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Guard, startMonitor, startOrigin } from "./companions.ts";
import { isInstalled, prepare } from "./prepare.ts";
import { Recording } from "./recording.ts";
import { RunningScenario } from "./running_scenario.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
import { removeSharedMemory } from "./shared_memory.ts";
import { varied } from "./vary.ts";

const PAUSE_BETWEEN_STARTS_MS = 700, TICK_MS = 250;
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
const log = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const firstPort = Number(values["first-port"]), originPort = firstPort - 1;
const [part, parts] = values.half.split("/").map(Number) as [number, number];

const only = new RegExp(values.only);
const wanted = SCENARIOS.filter(({ name }) => only.test(name)).filter((_, index) =>
  index % parts === part - 1
);
const sources = fileURLToPath(new URL("programs", import.meta.url));
const uses = new Set(wanted.flatMap((scenario) => scenario.uses));
const { built, prepared, missing } = await prepare(values["work-dir"], sources, uses);
const chosen = wanted.filter((scenario) => {
  const tools = scenario.needs.filter((tool) => !isInstalled(tool));
  const lacking = [...tools, ...scenario.uses.flatMap((use) => missing.get(use) ?? [])];
  if (lacking.length > 0) log(`${scenario.name} is left out: no ${lacking.join(", no ")}`);
  return lacking.length === 0;
});

const name = `${Deno.pid}-${Date.now()}`;
const scratch = `${values["work-dir"]}/runs/${name}`;
// Interpreters of other users must be able to read their programs, wherever this repository lies.
const programs = `${scratch}/programs`;
Deno.mkdirSync(programs, { recursive: true });
for (const file of Deno.readDirSync(sources)) {
  Deno.copyFileSync(`${sources}/${file.name}`, `${programs}/${file.name}`);
}
Deno.mkdirSync(output, { recursive: true });

const guard = new Guard(name, scratch);
const origin = uses.has("server") ? startOrigin(built, originPort, name) : null;
const monitor = startMonitor(output, name);
const recording = new Recording(output, values.counters);
const timer = setInterval(() => recording.tick(), TICK_MS);

let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => void stop().then(() => Deno.exit(1)));
}
try {
  log(`${chosen.length} programs for ${values.minutes} min into ${output}`);
  for (const [index, scenario] of chosen.entries()) {
    if (isStopping) break;
    start(index, scenario.name);
    await wait(PAUSE_BETWEEN_STARTS_MS);
  }
  recording.scan();
  recording.writeLabels();
  log("all started");
  while (recording.seconds < Number(values.minutes) * 60 && !isStopping) await wait(1000);
} finally {
  await stop();
}

/** Starting does not wait for the one before: a slow one would make the others late. */
function start(index: number, scenarioName: string): void {
  const folder = `${scratch}/${scenarioName}`, port = firstPort + index * PORTS_EACH;
  const context = { folder, built, programs, prepared, tmpfs: `${folder}/tmpfs`, port, originPort };
  const scenario = varied(chosen[index]!, Number(values.vary));
  const running = new RunningScenario(scenario, context, name, (session) => guard.watch(session));
  recording.running.push(running);
  running.start().catch((error) => log(`${scenarioName}: ${error.message}`));
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearInterval(timer);
  recording.writeLabels();
  for (const { scenario, lastError } of recording.running) {
    if (lastError) log(`${scenario.name}: load: ${lastError}`);
  }
  log("stopping");
  try {
    monitor.kill("SIGINT");
  } catch {
    log("the monitor has ended by itself");
  }
  await monitor.status;
  await Promise.all(recording.running.map((running) => running.stop()));
  origin?.kill("SIGKILL");
  await removeSharedMemory(recording.pids());
  Deno.removeSync(scratch, { recursive: true });
  await guard.dismiss();
  log("stopped");
}
