/**
 * `--profile-suspects` beside a JVM that will soon meet its own limit: who comes in the morning finds the line, and a watch that
 * is killed in the middle leaves nothing. Each test runs in a process namespace of its own, where nothing else leaks.
 */

import assert from "node:assert/strict";
import type { Analysis } from "../../../cli/analyze/model.ts";
import { listSessions } from "../../../store/catalog.ts";
import { readEvidence } from "../../../store/profile_log.ts";
import { requires } from "../../requires.ts";
import { inDirectory } from "../../store/sessions.ts";
import { killWithChildren } from "./killed_profiles.ts";
import { built, LeakingProgram, waitFor } from "./leaking_program.ts";
import { assertNothingLeft, startLeakwatch } from "./run_profile.ts";

const TESTS: Record<string, (directory: string) => Promise<void>> = {
  "monitor --profile-suspects: what leaks is found before the limit, kept, and shown again": (directory) =>
    profileAndRead(directory, "monitor", "0", "1"),
  "boot --profile-suspects: what leaks is found before the limit, kept, and shown again": (directory) =>
    profileAndRead(directory, "boot", "--interval", "1s"),
  "monitor --profile-suspects: killed in the middle of a profile it leaves nothing": killInTheMiddle,
};

/** Set inside a namespace: the test to run there, and where the JVM's classes are. */
const INSIDE = "LEAKWATCH_TEST_INSIDE", CLASSES = "LEAKWATCH_TEST_CLASSES";
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const inside = Deno.env.get(INSIDE);
if (inside !== undefined) {
  Deno.test(inside, () => inDirectory(TESTS[inside]!));
} else {
  Deno.test({
    ...requires("--profile-suspects of monitor and boot", "java", "javac", "unshare", "root"),
    fn: async () => {
      const classes = await built("LeakOrders.java", (directory) => ["javac", "-g", "-d", directory]);
      const ended = await Promise.allSettled(Object.keys(TESTS).map((name) => runInside(name, classes)));
      const failures = ended.filter(({ status }) => status === "rejected");
      assert.deepEqual(failures, []);
    },
  });
}

/** Runs one of the tests with processes, locks and JVM files of its own. */
async function runInside(name: string, classes: string): Promise<void> {
  const test = [Deno.execPath(), "test", "--allow-all", "--no-check", import.meta.filename!];
  const { success, stdout, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh", ...test],
    ],
    env: { [INSIDE]: name, [CLASSES]: classes, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.ok(success, `${name}\n${decode(stdout)}${decode(stderr)}`);
}

/** Some minutes from its declared limit: growth that nobody can be sure of yet, and that cannot wait. */
async function startLeak(): Promise<LeakingProgram> {
  const classes = Deno.env.get(CLASSES)!;
  const directory = Deno.makeTempDirSync({ dir: "/var/tmp", prefix: "leaking-" });
  const java = decode(new Deno.Command("which", { args: ["java"] }).outputSync().stdout).trim();
  Deno.symlinkSync(java, `${directory}/leaking-orders`);
  try {
    const command = [`${directory}/leaking-orders`, "-Xmx384m", "-cp", classes, "LeakOrders"];
    // JVMs of other namespaces would take its files in a common /tmp for those of a dead one.
    const script = 'mount -t tmpfs tmpfs /tmp && exec "$@"';
    return await LeakingProgram.start(["unshare", "--mount", "sh", "-c", script, "sh", ...command]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Starts a watch, and waits until it has a session. */
async function startWatch(directory: string, ...words: string[]) {
  Deno.writeTextFileSync(`${directory}/rules.yaml`, "profile: { leaking-orders: [histogram] }\n");
  const rules = ["--rules", `${directory}/rules.yaml`];
  const watch = startLeakwatch(...words, "-o", directory, "--quiet", "--profile-suspects", ...rules);
  const session = await waitFor("the session", () => listSessions([directory])[0] ?? null);
  return { watch, session };
}

async function profileAndRead(directory: string, ...words: string[]): Promise<void> {
  await using program = await startLeak();
  const { watch, session } = await startWatch(directory, ...words);
  const path = (log: string) => `${directory}/${session.id}_${log}.log`;
  await waitFor("the profile", () => textOf(path("profiles")).includes(`"pid":${program.pid},`) || null, 280);
  const samples = textOf(path("memory")).split("\n").length;
  await program.assertUnharmed();
  assertNothingLeft(program);
  watch.kill("SIGINT");
  const { code, stderr } = await watch.output();
  assert.equal(code, 0, decode(stderr));
  assert.ok(samples > 30, "sampling went on");

  const [ended] = listSessions([directory]);
  const evidence = (await readEvidence(ended!)).find(({ pid }) => pid === program.pid);
  assert.equal(evidence!.occasion, "near-limit");
  assert.equal(evidence!.answer!.method, "jvm-histogram");
  assert.ok(evidence!.answer!.is_answer, JSON.stringify(evidence!.answer));
  assert.match(evidence!.answer!.headline, /^LeakOrders\$OrderRecord\b/);
  assert.ok(evidence!.results.some(({ method }) => method === "jvm-counters"));
  const title = `^INSIDE leaking-orders \\(${program.pid}\\)`;
  assert.match(textOf(path("summary")), new RegExp(`${title} at .* shortly before its limit$`, "m"));

  const again = await startLeakwatch("analyze", "--from", directory, "--format", "json").output();
  const analysis = JSON.parse(decode(again.stdout)) as Analysis;
  assert.ok(analysis.evidence.some(({ pid }) => pid === program.pid));
  const { stdout } = await startLeakwatch("analyze", "--from", directory).output();
  assert.match(decode(stdout), new RegExp(`${title}.*\n +LeakOrders\\$OrderRecord`, "m"));
}

async function killInTheMiddle(directory: string): Promise<void> {
  await using program = await startLeak();
  const { watch } = await startWatch(directory, "monitor", "0", "1");
  const lock = `leakwatch-profile-${program.pid}-`;
  await waitFor("a profile", () => names("/run").some((name) => name.startsWith(lock)) || null, 280);
  assert.ok(names("/var/tmp").some((name) => name.startsWith("leakwatch-profile-")), "it records");
  await killWithChildren(watch);
  await waitFor("all of leakwatch to end", () => ownProcesses().length === 0 || null);
  assertNothingLeft(program);
  await program.assertUnharmed();
}

/** The command lines of leakwatch in this namespace. */
function ownProcesses(): string[] {
  const commands = new Set(["monitor", "profile", "profile-watchdog"]);
  return names("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => textOf(`/proc/${pid}/cmdline`))
    .filter((command) => command.split("\0").some((word) => commands.has(word)));
}

const names = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
