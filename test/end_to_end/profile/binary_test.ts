/**
 * The built leakwatch, whose runtime need not be the one that runs these tests: each way into a process once, and the attacks on
 * what it says. LEAKWATCH_BINARY names it.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requires } from "../../requires.ts";
import { built, LeakingProgram, source, waitFor } from "./leaking_program.ts";
import { assertNothingLeft, profileWith, refusalOf } from "./run_profile.ts";

/** Method, the program it is for, and what it must name first. */
const WAYS: [method: string, start: () => Promise<LeakingProgram>, first: RegExp][] = [
  [
    "inspector-sampling",
    () => start("node", "--inspect-port=0", source("leak_sessions.js")),
    /leak_sessions/,
  ],
  ["jvm-histogram", startJava, /^LeakOrders\$OrderRecord\b/],
  ["python-types", () => start("/usr/bin/python3", source("leak_invoices.py")), /^__main__\.Invoice\b/],
  ["ruby-types", () => start("ruby", source("leak_bookings.rb")), /^Booking\b/],
  ["perf-malloc", startNative, /remember_session/],
  ["go-heap-gc", startGo, /main\.openTicket/],
];

Deno.test({
  ...requires(
    "profile: the built program names what leaks, by each method",
    ...["binary", "root", "node", "java", "javac", "python3", "gdb", "ruby", "perf", "g++", "go"] as const,
  ),
  fn: async () => {
    const programs = await Promise.all(WAYS.map(([_, start]) => start()));
    try {
      await Promise.all(WAYS.map(async ([method, _, first], at) => {
        const { sites } = await profileWith(method, programs[at]!.pid, "--for", "6s");
        const named = sites.slice(0, 3).map(({ stack, type }) => type ?? stack.join(" <- "));
        assert.ok(named.some((name) => first.test(name)), `${method}: ${named.join("; ")}`);
      }));
      programs.forEach(assertNothingLeft);
      await Promise.all(programs.map((program) => program.assertUnharmed()));
    } finally {
      await Promise.all(programs.map((program) => program.stop()));
    }
  },
});

const HOSTILE = fileURLToPath(new URL("../../profile/inspector/hostile_inspector.js", import.meta.url));

/** What the process does, and the line in which its profile ends. */
const ATTACKS: [string, RegExp][] = [
  ["wrong-pid", /is not that of process \d+/],
  ["one-gigabyte", /Max payload size exceeded/],
  ["endless-fragments", /Max payload size exceeded/],
  ["no-json", /answer is not JSON/],
  ["strange-profile", /heap profile is too deep/],
];

Deno.test({
  ...requires("profile: the built program ends in one line whatever an inspector says", "binary", "node"),
  fn: async () => {
    await Promise.all(ATTACKS.map(async ([attack, line]) => {
      const child = new Deno.Command("node", {
        args: [HOSTILE, attack, "0", "--inspect-port=0"],
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        await waitFor("it to catch SIGUSR1", () => catchesSigusr1(child.pid) || null);
        assert.match(await refusalOf("inspector-sampling", child.pid, "--for", "1s"), line, attack);
      } finally {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended itself.
        }
        await child.status;
      }
    }));
  },
});

/** SIGUSR1 is 10; node catches it before the program does. */
function catchesSigusr1(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
  return caught !== null && (BigInt(`0x${caught[1]}`) >> 9n & 1n) === 1n;
}

const start = (...command: string[]) => LeakingProgram.start(command);

async function startJava(): Promise<LeakingProgram> {
  const classes = await built("LeakOrders.java", (directory) => ["javac", "-g", "-d", directory]);
  return await start("java", "-Xmx256m", "-cp", classes, "LeakOrders");
}

async function startNative(): Promise<LeakingProgram> {
  const directory = await built(
    "leak_native.cpp",
    (directory) => ["g++", "-O2", "-g", "-o", `${directory}/it`],
  );
  return await start(`${directory}/it`);
}

async function startGo(): Promise<LeakingProgram> {
  const directory = await built("leak_tickets.go", (directory) => ["go", "build", "-o", `${directory}/it`]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return await start(`${directory}/it`, `127.0.0.1:${listener.addr.port}`);
}
