/**
 * Real programs in C, Python and Node, leaking and healthy, all beside each other in one window of 80 s: the detector has
 * to name every leak with its rate and accuse none of the healthy.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Sampler } from "../../collectors/mod.ts";
import type { Finding, FindingKind } from "../../model/finding.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import { has, requires } from "../requires.ts";

const MIB = 2 ** 20, HOUR = 3600;
const WINDOW_SECONDS = 80, START_SECONDS = 3;
const PROGRAMS = fileURLToPath(new URL("./programs/", import.meta.url));

interface Leak {
  kind: FindingKind;
  per_hour: number;
}

/** What each program leaks; none where it accuses nobody. */
const EXPECTED: Record<string, Leak[]> = {
  "leak_malloc.c": [{ kind: "process-memory", per_hour: 1.5 * MIB * HOUR }],
  // The memory of its memfds is shared memory: told as that, by its holder.
  "leak_memfd.c": [{ kind: "process-descriptors", per_hour: 2 * HOUR }],
  "leak_threads.c": [{ kind: "process-threads", per_hour: 3 * HOUR }],
  "leak_swapped.c": [{ kind: "process-memory", per_hour: 1 * MIB * HOUR }],
  "leak_list.py": [{ kind: "process-memory", per_hour: 2 * MIB * HOUR }],
  "leak_descriptors.py": [{ kind: "process-descriptors", per_hour: 4 * HOUR }],
  "leak_buffers.mjs": [{ kind: "process-memory", per_hour: 2 * MIB * HOUR }],
  "healthy_highwater.c": [],
  "healthy_arenas.c": [],
  "healthy_cache.c": [],
  "healthy_steady.py": [],
  "healthy_sawtooth.py": [],
  "healthy_cycles.py": [],
  "healthy_garbage.mjs": [],
};

const TOOLS = { c: "gcc", py: "python3", mjs: "node" } as const;
const toolOf = (program: string) => TOOLS[program.split(".")[1] as keyof typeof TOOLS];

/** Findings by the program that they are about; made once, for all the tests below. */
let watched: Promise<Map<string, Finding[]>> | null = null;

for (const [program, leaks] of Object.entries(EXPECTED)) {
  const parts = program === "leak_swapped.c" ? ["gcc", "root", "mkswap"] as const : [toolOf(program)];
  const says = leaks.length ? `leaks ${leaks.map((leak) => leak.kind).join(" and ")}` : "accuses nobody";
  Deno.test({
    ...requires(`programs: ${program} ${says}`, ...parts),
    fn: async () => {
      const found = (await (watched ??= watchAll())).get(program);
      assert.ok(found, `${program} did not run to the end`);
      // A program of two minutes is never called a leak: those that leak are named, with their rates, and nobody is accused.
      assert.deepEqual(found.filter(({ verdict }) => verdict === "leak"), []);
      const accused = found.filter(({ kind }) => leaks.some((leak) => leak.kind === kind));
      const why = JSON.stringify(
        found.map(({ kind, verdict, evidence }) => ({ kind, verdict, evidence })),
        null,
        1,
      );
      assert.deepEqual(
        accused.map((finding) => finding.kind).sort(),
        leaks.map((leak) => leak.kind).sort(),
        why,
      );
      for (const { kind, per_hour } of leaks) {
        const rate = accused.find((finding) => finding.kind === kind)!.rate_per_hour!.mid;
        // On a busy machine a program falls behind and catches up.
        assert.ok(
          rate / per_hour >= 0.5 && rate / per_hour <= 4,
          `${kind}: ${rate} an hour where ${per_hour} is true`,
        );
      }
    },
  });
}

/** Starts every program that can be had here, watches for the window, and ends them. */
async function watchAll(): Promise<Map<string, Finding[]>> {
  const folder = Deno.makeTempDirSync();
  const swap = Deno.uid() === 0 && has("mkswap") ? swapOn(`${folder}/swap`) : null;
  const children: { program: string; child: Deno.ChildProcess }[] = [];
  try {
    for (const program of Object.keys(EXPECTED)) {
      if (has(toolOf(program))) children.push({ program, child: start(program, folder) });
    }
    await sleep(START_SECONDS);
    const sampler = new Sampler({ interval_seconds: 1, window_seconds: WINDOW_SECONDS }),
      growth = new LeakDetector();
    const begin = performance.now(), alive = new Set<number>();
    try {
      for (let i = 0; i <= WINDOW_SECONDS; i++) {
        await sleep(i - (performance.now() - begin) / 1000);
        sampler.sample.time_seconds = Date.now() / 1000;
        growth.observe(sampler.take(i === 0 || i === WINDOW_SECONDS));
      }
      for (const { pid } of sampler.sample.processes) alive.add(pid);
    } finally {
      sampler.close();
    }
    const findings = growth.findings();
    return new Map(
      children.filter(({ child }) => alive.has(child.pid)).map(({ program, child }) => [
        program,
        findings.filter((finding) => finding.subject.pid === child.pid),
      ]),
    );
  } finally {
    for (const { child } of children) {
      child.kill("SIGKILL");
      await child.status;
    }
    if (swap) run("swapoff", swap);
    Deno.removeSync(folder, { recursive: true });
  }
}

function start(program: string, folder: string): Deno.ChildProcess {
  const source = PROGRAMS + program, options = { stdout: "null", stderr: "null" } as const;
  if (!program.endsWith(".c")) {
    return new Deno.Command(toolOf(program), { args: [source], ...options }).spawn();
  }
  const target = `${folder}/${program.replace(".c", "")}`;
  run("gcc", "-O1", "-pthread", "-o", target, source);
  return new Deno.Command(target, options).spawn();
}

/** A swap file for the leak that is swapped out; null where the kernel or the file system does not let us. */
function swapOn(path: string): string | null {
  try {
    run("dd", "if=/dev/zero", `of=${path}`, "bs=1M", "count=192", "status=none");
    Deno.chmodSync(path, 0o600);
    run("mkswap", path);
    run("swapon", path);
    return path;
  } catch (error) {
    console.error(`no swap to be had: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

function run(command: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(command, { args, stdout: "null", stderr: "piped" })
    .outputSync();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds * 1000)));
