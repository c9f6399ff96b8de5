/** SIGUSR2 writes the summary; SIGUSR1, which did so once, does nothing. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { programs } from "../../programs.ts";
import { inDirectory } from "../../store/sessions.ts";
import { rootsOf } from "../leakwatch.ts";

/** Waits until one of the directory's files ends so; the file's path. */
async function fileEndingIn(directory: string, end: string): Promise<string> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    const found = [...Deno.readDirSync(directory)].find(({ name }) => name.endsWith(end));
    if (found) return `${directory}/${found.name}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no ${end} in ${directory}`);
}

for (const program of programs()) {
  Deno.test(`monitor: SIGUSR2 writes the summary at once, SIGUSR1 does nothing (${program.name})`, () =>
    inDirectory(async (directory) => {
      const [command, ...words] = [...program.command, "monitor", "0", "0.2", "-q", "-o", directory];
      const child = new Deno.Command(command!, {
        args: [...words, ...rootsOf("healthy")],
        cwd: fileURLToPath(new URL("../../..", import.meta.url)),
        stdin: "null",
        stderr: "null",
        stdout: "null",
      }).spawn();
      try {
        Deno.removeSync(await fileEndingIn(directory, "_summary.log")); // written at the first sample
        const memory = await fileEndingIn(directory, "_memory.log");
        const size = Deno.statSync(memory).size;
        child.kill("SIGUSR1");
        while (Deno.statSync(memory).size === size) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.deepEqual([...Deno.readDirSync(directory)].filter(({ name }) => name.includes("summary")), []);
        child.kill("SIGUSR2");
        const summary = Deno.readTextFileSync(await fileEndingIn(directory, "_summary.log"));
        assert.match(summary, /^leakwatch .* samples every 0\.2 s/s);
      } finally {
        child.kill("SIGTERM");
        assert.equal((await child.status).code, 0);
      }
    }));
}
