/** SIGUSR1 must never open the runtime's debugger: each command and each form of the program, under attack. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bundlePage, splitProgram } from "../../scripts/bundle.ts";
import { pack } from "../../scripts/self_extracting.ts";
import { programs } from "../programs.ts";
import { requires } from "../requires.ts";

const ATTACK = fileURLToPath(new URL("programs/attack_debugger.py", import.meta.url));
/** Deno listens for the signal from half a second after its start on. */
const SECONDS = "3";
/** Not the usual port: the attack counts listeners. */
const PORT = 17437;

interface Outcome {
  signals: number;
  opened: number[];
  connections: number;
  alive: boolean;
}

async function attack(
  command: readonly string[],
  port = 0,
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [ATTACK, SECONDS, String(port), ...command],
    env,
  }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

/** The self-extracting file with this Deno as its runtime, started through a script instead of packed: packing takes long. */
async function selfExtracting(directory: string): Promise<string> {
  const modules = `${directory}/modules`, file = `${directory}/leakwatch`;
  await splitProgram(modules);
  const runtime = new TextEncoder().encode(`#!/bin/sh\nexec ${Deno.execPath()} "$@"\n`);
  Deno.writeFileSync(file, await pack({ version: "test", target: "test", runtime, modules }), {
    mode: 0o755,
  });
  return file;
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await work(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

async function attackEveryCommand(program: readonly string[], directory: string): Promise<void> {
  const commands = {
    serve: ["--port", String(PORT)],
    monitor: ["5", "1", "--output-dir", `${directory}/monitor`],
    analyze: ["--duration", "5m", "--interval", "1s"],
    boot: ["--minutes", "5", "--interval", "1s", "--output-dir", `${directory}/boot`],
  };
  const outcomes = await Promise.all(
    Object.entries(commands).map(([command, words]) =>
      attack([...program, command, ...words], command === "serve" ? PORT : 0, { CACHE_DIRECTORY: directory })
    ),
  );
  for (const [index, command] of Object.keys(commands).entries()) {
    const { signals, opened, connections, alive } = outcomes[index]!;
    const expected = { opened: command === "serve" ? [PORT] : [], connections: 0, alive: true };
    assert.deepEqual({ opened, connections, alive }, expected, command);
    assert.ok(signals > 10, `${command}: ${signals} signals`);
  }
}

Deno.test({
  ...requires("debugger: the attack finds it where it is", "root", "python3"),
  // From Deno 2.9.2 on; a runtime without it has nothing to find.
  fn: () =>
    withDirectory(async (directory) => {
      Deno.writeTextFileSync(`${directory}/idle.js`, "setInterval(() => {}, 1000);");
      const { opened, connections } = await attack([Deno.execPath(), "run", `${directory}/idle.js`]);
      assert.deepEqual(opened, [9229]);
      assert.ok(connections > 0);
    }),
});

for (const { name, command } of programs()) {
  Deno.test({
    ...requires(`debugger: SIGUSR1 neither opens it nor ends a command (${name})`, "root", "python3"),
    fn: async () => {
      await bundlePage(); // as sources, serve would; the network of the attack has no registry
      await withDirectory((directory) => attackEveryCommand(command, directory));
    },
  });
}

Deno.test({
  ...requires(
    "debugger: SIGUSR1 neither opens it nor ends a command (self-extracting)",
    "root",
    "python3",
  ),
  fn: () =>
    withDirectory(async (directory) =>
      await attackEveryCommand([await selfExtracting(directory)], directory)
    ),
});
