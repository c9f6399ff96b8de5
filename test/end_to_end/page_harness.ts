/** A real server (the built file, or the sources) for the page's tests, and a program that leaks. */

import assert from "node:assert/strict";
import { programs } from "../programs.ts";

export interface Served {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Starts `leakwatch serve`; the binary where LEAKWATCH_BINARY names one. */
export async function serve(options: string[] = [], port = 0): Promise<Served> {
  const [command, ...words] = programs().at(-1)!.command;
  const child = new Deno.Command(command!, {
    args: [
      ...words,
      "serve",
      "--port",
      String(port),
      // Tests run as root, too, and ask without one.
      ...(options.includes("--token-file") ? [] : ["--no-token"]),
      ...(options.includes("--interval") ? [] : ["--interval", "1s"]),
      ...options,
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!/http:\/\/\S+:\d+\//.test(said)) {
    const { value, done } = await reader.read();
    assert.ok(!done, `serve ended at once: ${said}`);
    said += value;
  }
  // Read on, or a full pipe would stop the server.
  (async () => {
    while (!(await reader.read()).done);
  })().catch(() => {});
  const url = said.match(/http:\/\/\S+:\d+\//)![0];
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/**
 * A program that takes 1 MiB every `milliseconds` and writes to it; its name may be any 15 bytes. The name is set through
 * /proc/self/comm, so no file has to bear it; it bears it when this resolves.
 */
export async function startLeak(
  name: string,
  milliseconds: number,
): Promise<{ pid: number; stop(): Promise<void> }> {
  const child = new Deno.Command("python3", {
    args: [
      "-c",
      "import sys, time\n" +
      "open('/proc/self/comm', 'w').write(sys.argv[1])\n" +
      "print('named', flush=True)\n" +
      "held = []\n" +
      "while True:\n" +
      "    held.append(bytearray(b'x' * 1048576))\n" +
      "    time.sleep(float(sys.argv[2]) / 1000)\n",
      name,
      String(milliseconds),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const said = child.stdout.getReader();
  assert.ok(!(await said.read()).done, "the leaking program ended at once");
  return {
    pid: child.pid,
    async stop() {
      child.kill("SIGKILL");
      await said.cancel();
      await child.status;
    },
  };
}
