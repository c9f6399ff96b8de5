/**
 * `deno task test`: all tests, in lanes that run beside each other, since most of the time goes by in watching programs
 * leak. In a lane one file comes after the other. The last line counts over all: `N passed, N failed, N skipped`.
 *
 * With arguments (`deno task test test/rules/`, `--filter NAME`) it is `deno test` with these. Types are checked by
 * `deno check`, not here.
 */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The tests that wait; all others, which need the processor, are the quick lane. docs/decisions/0012-test-lanes.md. */
const LANES: Record<string, string[]> = {
  monitor: [
    "test/end_to_end/analyze_leaks_test.ts",
    "test/end_to_end/alerts/monitor_alerts_test.ts",
    "test/end_to_end/monitor/leaking_program_test.ts",
    "test/end_to_end/alerts/full_disk_alert_test.ts",
    "test/end_to_end/monitor/live_equals_replay_test.ts",
  ],
  leaks: [
    "test/end_to_end/page_live_test.ts",
    "test/end_to_end/detect_programs_test.ts",
    "test/end_to_end/kernel_test.ts",
    "test/end_to_end/declared_limits_test.ts",
  ],
  boots: [
    "test/end_to_end/boot_leak_test.ts",
    "test/end_to_end/boot_service_test.ts",
    "test/end_to_end/alerts/journal_test.ts",
    "test/end_to_end/debugger_test.ts",
    "test/end_to_end/openrc_test.ts",
  ],
  containers: [
    "test/end_to_end/containers_test.ts",
    "test/end_to_end/rootless_test.ts",
    "test/end_to_end/container_image_test.ts",
    "test/end_to_end/image_test.ts",
  ],
  // They want the inspector's port 9229 for themselves.
  profile: [
    "test/end_to_end/next_steps_test.ts",
    "test/end_to_end/profile/node_test.ts",
    "test/end_to_end/profile/analyze_profile_test.ts",
    "test/end_to_end/profile/native_test.ts",
    "test/end_to_end/profile/go_test.ts",
    "test/end_to_end/first_leak/javascript_and_c_test.ts",
  ],
  // They put files into the one /tmp, and look that none is left there.
  profile_injected: [
    "test/end_to_end/profile/jvm_test.ts",
    "test/end_to_end/profile/jvm_attacks_test.ts",
    "test/end_to_end/profile/python_test.ts",
    "test/end_to_end/profile/outside_heap_test.ts",
    "test/end_to_end/profile/ruby_test.ts",
    "test/end_to_end/profile/php_test.ts",
    "test/end_to_end/first_leak/python_and_java_test.ts",
    "test/end_to_end/profile/binary_test.ts",
    "test/end_to_end/profile/profile_suspects_test.ts",
  ],
  packages: ["test/end_to_end/deb_test.ts", "test/end_to_end/aarch64_test.ts"],
  fleet: [
    "test/end_to_end/fleet/servers_test.ts",
    "test/end_to_end/fleet/remote_write_test.ts",
    "test/end_to_end/fleet/metrics_scrape_test.ts",
    "test/end_to_end/fleet/finding_alerts_test.ts",
    "test/end_to_end/fleet/exporters_test.ts",
  ],
  guest: ["test/end_to_end/containers_guest_test.ts"],
};

/** Lanes that measure no rates: they give way to those that watch programs grow. */
const YIELDING: ReadonlySet<string> = new Set([
  "profile",
  "profile_injected",
  "fleet",
  "guest",
  "packages",
]);

/** Which files start the built leakwatch: with LEAKWATCH_PROGRAMS=binary (test/programs.ts) all others are left out. */
const STARTS_BINARY = /\b(programs|page_harness|installer)\.ts"|LEAKWATCH_BINARY/;

interface Outcome {
  lane: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** What the runner says of failures, and what it said last where it broke off. */
  last_words: string[];
}

if (import.meta.main) {
  Deno.chdir(ROOT);
  Deno.exit(Deno.args.length > 0 ? await passOn(Deno.args) : await runAll());
}

async function passOn(args: string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args: ["test", "--allow-all", "--quiet", ...args] });
  return (await command.spawn().status).code;
}

async function runAll(): Promise<number> {
  const all = testFiles("test");
  const placed = Object.values(LANES).flat();
  const lost = placed.filter((file) => !all.includes(file));
  if (lost.length > 0) throw new Error(`scripts/test.ts places what is not there: ${lost.join(", ")}`);
  const binaryOnly = Deno.env.get("LEAKWATCH_PROGRAMS") === "binary";
  const wanted = all.filter((file) => !binaryOnly || STARTS_BINARY.test(Deno.readTextFileSync(file)));
  const lanes = Object.entries(LANES).map(([lane, files]) => ({
    lane,
    files,
    nice: YIELDING.has(lane) ? 5 : 0,
  }));
  // Needs the processor, not the clock, so it gives way to those who watch.
  lanes.unshift({ lane: "quick", files: all.filter((file) => !placed.includes(file)), nice: 10 });
  const outcomes = await Promise.all(
    lanes.map(({ lane, files, nice }) => ({
      lane,
      files: files.filter((file) => wanted.includes(file)),
      nice,
    }))
      .filter(({ files }) => files.length > 0)
      .map(({ lane, files, nice }) => runLane(lane, files, nice)),
  );
  for (const { lane, failed, last_words } of outcomes) {
    if (failed > 0) console.log(`\n=== failed in lane ${lane}\n${last_words.join("\n")}`);
  }
  for (const outcome of outcomes.filter(({ failed }) => failed > 0)) await repeatAlone(outcome);
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  console.log("\n" + outcomes.map(({ lane, seconds }) => `${lane} ${Math.round(seconds)} s`).join(", "));
  console.log(
    `${sum((o) => o.passed)} passed, ${sum((o) => o.failed)} failed, ${sum((o) => o.skipped)} skipped`,
  );
  return sum((o) => o.failed) === 0 ? 0 : 1;
}

/**
 * The files that failed, once more, when nothing else runs: a rate measured beside ten lanes on two cores, or a machine
 * that did not start there, says little about leakwatch. What fails twice has failed; what passes alone is named.
 */
async function repeatAlone(outcome: Outcome): Promise<void> {
  const files = new Set(
    outcome.last_words.flatMap((line) => /=> \.\/(test\/\S+_test\.ts):\d/.exec(line)?.[1] ?? []),
  );
  if (files.size === 0) return; // it broke off, so nobody knows where
  const again = await runLane(`${outcome.lane}, alone`, [...files], 0);
  if (again.failed > 0) {
    console.log(`\n=== failed alone, too\n${again.last_words.join("\n")}`);
    return;
  }
  console.log(`\n=== passed alone, after they failed beside other lanes: ${[...files].join(", ")}`);
  outcome.passed += outcome.failed;
  outcome.failed = 0;
}

function testFiles(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? testFiles(`${directory}/${name}`)
      : name.endsWith("_test.ts")
      ? [`${directory}/${name}`]
      : []
  ).sort();
}

/** One `deno test` over these files, its lines printed as they come. */
async function runLane(lane: string, files: string[], nice: number): Promise<Outcome> {
  const began = performance.now();
  const test = [Deno.execPath(), "test", "--allow-all", "--no-check", "--quiet", ...files];
  const child = new Deno.Command("nice", {
    args: ["-n", String(nice), "sh", "-c", 'exec "$@" 2>&1', "sh", ...test],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const outcome: Outcome = { lane, passed: 0, failed: 0, skipped: 0, seconds: 0, last_words: [] };
  let tellsOfFailures = false, isCounted = false;
  for await (const line of lines(child.stdout)) {
    if (line.trim() === "ERRORS") { // what follows is kept for the end, where people look
      tellsOfFailures = true;
      outcome.last_words = [];
    }
    if (!tellsOfFailures && line !== "") console.log(`${lane.padEnd(10)} ${line}`);
    outcome.last_words.push(line);
    if (!tellsOfFailures && outcome.last_words.length > 20) outcome.last_words.shift();
    const count = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/.exec(line);
    if (!count) continue;
    isCounted = true;
    outcome.passed = Number(count[1]);
    outcome.failed = Number(count[2]);
    outcome.skipped = Number(count[3] ?? 0);
  }
  const { success } = await child.status;
  // It broke off, as where a file cannot be loaded.
  if (!isCounted || (!success && outcome.failed === 0)) outcome.failed++;
  outcome.seconds = (performance.now() - began) / 1000;
  return outcome;
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + part).split("\n");
    rest = whole.pop()!;
    yield* whole;
  }
  if (rest !== "") yield rest;
}
