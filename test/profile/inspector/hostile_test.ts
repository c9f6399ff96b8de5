/**
 * Processes that pretend, lie, flood or die: each ends in one line, within bounds, and nobody else is touched. They run under
 * Node, as `node`, since that is what a process has to be to be asked at all.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ProfileError } from "../../../profile/errors.ts";
import { UndoList } from "../../../profile/guards/undo_list.ts";
import { inspectorSampling } from "../../../profile/methods/inspector_sampling.ts";
import { readTarget } from "../../../profile/target.ts";
import { requires } from "../../requires.ts";

const PROGRAM = fileURLToPath(new URL("hostile_inspector.js", import.meta.url));
const MAX_BYTES = 8 << 20;

class Hostile {
  output = "";
  readonly #reading: Promise<void>;

  private constructor(readonly child: Deno.ChildProcess) {
    this.#reading = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) this.output += text;
    })();
  }

  /** The port option says that it need not be 9229: that one may be another test's. */
  static async start(...args: string[]): Promise<Hostile> {
    const hostile = new Hostile(
      new Deno.Command("node", {
        args: [PROGRAM, ...args, "0", "--inspect-port=0"],
        stdout: "piped",
        stderr: "null",
      }).spawn(),
    );
    while (!hostile.output.includes("ready")) await new Promise((resolve) => setTimeout(resolve, 20));
    return hostile;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.child.status;
    await this.#reading;
  }
}

/** Of this test alone: the resident set is shared with the tests beside it. */
function ownMemory(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** The line in which a profile of it ends, how long that took and by how much our own memory grew. */
async function profile(pid: number): Promise<{ line: string; left: string[]; grown_bytes: number }> {
  const undo = new UndoList(null);
  const before = ownMemory();
  let line = "";
  try {
    await inspectorSampling.run(readTarget(pid), {
      seconds: 0.2,
      max_bytes: MAX_BYTES,
      signal: new AbortController().signal,
      consent: 1,
      undo,
      directory: "/nonexistent",
      progress: () => {},
    });
  } catch (error) {
    assert.ok(error instanceof ProfileError, String((error as Error).stack));
    line = error.message;
  }
  const grown_bytes = ownMemory() - before;
  return { line, left: await undo.performAll(), grown_bytes };
}

/** What it does, and the line that it ends in. */
const CASES: [string, RegExp][] = [
  ["own-handler", /did not open its inspector on SIGUSR1; it may have a handler of its own/],
  ["endless-list", /did not open its inspector/],
  ["redirects", /did not open its inspector/],
  ["strange-id", /did not open its inspector/],
  ["wrong-pid", /is not that of process \d+/],
  ["one-gigabyte", /connection failed: Max payload size exceeded/],
  ["endless-fragments", /connection failed: Max payload size exceeded/],
  ["endless-messages", /sent more than 8 MiB/],
  ["no-json", /answer is not JSON/],
  ["no-object", /answer is not an object/],
  ["dies", /closed its inspector or ended|has ended/],
  ["strange-profile", /heap profile is too deep/],
];

for (const [behaviour, message] of CASES) {
  Deno.test({
    ...requires(`inspector: a process that ${behaviour} ends in one line`, "node"),
    fn: async () => {
      await using hostile = await Hostile.start(behaviour);
      const { line, grown_bytes } = await profile(hostile.child.pid);
      assert.match(line, message);
      assert.ok(!line.includes("\n"));
      assert.ok(grown_bytes < 20 * MAX_BYTES, `grew by ${grown_bytes}`);
    },
  });
}

Deno.test({
  ...requires("inspector: a process that does not catch SIGUSR1 is not signalled", "node"),
  fn: async () => {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      const { line } = await profile(child.pid);
      assert.match(line, /does not catch SIGUSR1, which would end it/);
      Deno.kill(child.pid, 0 as unknown as Deno.Signal);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  },
});
