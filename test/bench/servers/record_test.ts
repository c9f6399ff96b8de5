import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { fileURLToPath } from "node:url";
import type { Labels } from "../../../bench/servers/labels.ts";
import { readMark, readProcesses } from "../../../bench/servers/processes.ts";
import { SCENARIOS } from "../../../bench/servers/scenarios/mod.ts";
import { segmentsOf } from "../../../bench/servers/shared_memory.ts";
import { varied } from "../../../bench/servers/vary.ts";
import { requires } from "../../requires.ts";

const RECORD = fileURLToPath(new URL("../../../bench/servers/record.ts", import.meta.url));

/** Begins a recording; resolves when all its programs have been started. */
async function record(folder: string, minutes: string) {
  const args = [
    "run",
    "-A",
    RECORD,
    `${folder}/out`,
    `--minutes=${minutes}`,
    "--only=^(c-fast|tmpfs-spool)$",
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, `--work-dir=${folder}/work`, "--first-port=27100", "--counters"],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !text.includes("all started");) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`record ended: ${text}`);
    text += value;
  }
  const status = drain(reader).then(() => child.status);
  return { child, status };
}

async function drain(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}

const mounts = () => Deno.readTextFileSync("/proc/mounts");

Deno.test({
  ...requires("record: starts, labels and ends two programs, and leaves nothing behind", "root", "gcc"),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const { status } = await record(folder, "0.4");
    ok(mounts().includes(folder));
    strictEqual((await status).code, 0);
    const labels: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/out/labels.json`));
    deepStrictEqual(labels.programs.map(({ name, truth }) => [name, truth]), [["c-fast", "leak"], [
      "tmpfs-spool",
      "healthy",
    ]]);
    for (const { main_pid, processes, shared_names } of labels.programs) {
      deepStrictEqual(processes.map(({ pid }) => pid), [main_pid]);
      strictEqual(readProcesses().some(({ pid }) => pid === main_pid), false);
      for (const name of shared_names) ok(!mounts().includes(name));
    }
    const counters = Deno.readTextFileSync(`${folder}/out/counters.csv`).trim().split("\n");
    const ofLeak = counters.filter((row) => row.includes(",c-fast,")).map((row) => Number(row.split(",")[4]));
    ok(ofLeak.at(-1)! > ofLeak[0]!, "the leak's anonymous memory grew");
    ok(
      [...Deno.readDirSync(`${folder}/out`)].some(({ name }) => name.endsWith("_processes.log")),
      "monitor wrote its log",
    );
    Deno.removeSync(folder, { recursive: true });
  },
});

Deno.test({
  ...requires("record: interrupted, it still ends everything it started", "root", "gcc"),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const { child, status } = await record(folder, "10");
    const { programs }: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/out/labels.json`));
    deepStrictEqual(programs.map(({ main_pid }) => readMark(main_pid)?.split("/")[1]), [
      "c-fast",
      "tmpfs-spool",
    ]);
    child.kill("SIGINT");
    strictEqual((await status).code, 1);
    ok(!mounts().includes(folder));
    const alive = new Set(readProcesses().map(({ pid }) => pid));
    for (const { main_pid } of programs) strictEqual(alive.has(main_pid), false);
    Deno.removeSync(folder, { recursive: true });
  },
});

Deno.test({
  ...requires("record: killed, its guard ends what it started", "root", "gcc"),
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const { child, status } = await record(folder, "10");
    const { programs }: Labels = JSON.parse(Deno.readTextFileSync(`${folder}/out/labels.json`));
    child.kill("SIGKILL");
    await status;
    const remains = () =>
      mounts().includes(folder) ||
      programs.some(({ main_pid, name }) => readMark(main_pid)?.endsWith(`/${name}`));
    for (let tries = 0; remains() && tries < 200; tries++) await new Promise((done) => setTimeout(done, 100));
    strictEqual(remains(), false);
    strictEqual(programs.length, 2);
    Deno.removeSync(folder, { recursive: true });
  },
});

Deno.test("segments are known by their creator", () => {
  const table = "       key      shmid perms                  size  cpid  lpid nattch\n" +
    "         0         12   600                524288   812   812      0\n" +
    "         0         13   600                524288   900   812      0\n";
  deepStrictEqual(segmentsOf(table, new Set([812])), [12]);
  deepStrictEqual(segmentsOf("", new Set([812])), []);
});

Deno.test("a seed gives each loaded program another rate, the same one each time; seed 0 changes nothing", () => {
  const map = SCENARIOS.find(({ name }) => name === "go-map")!;
  const once = varied(map, 1), again = varied(map, 1);
  strictEqual(once.rate_per_hour, again.rate_per_hour);
  const factor = once.rate_per_hour! / map.rate_per_hour!;
  ok(factor >= .6 && factor <= 1.6 && factor !== 1);
  const context = { folder: "", built: "", programs: "", prepared: "", tmpfs: "", port: 1, originPort: 2 };
  strictEqual(once.load!(context)[0]!.per_second, map.load!(context)[0]!.per_second * factor);
  strictEqual(varied(map, 0), map);
});
