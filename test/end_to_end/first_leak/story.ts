/** Types a part of docs/first-leak.md and compares what comes with what the document shows. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { accused, commandsOf, factsOf, namesIn, type Typed } from "./document.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const EXAMPLES = `${ROOT}examples/leaks/`;

export async function readerOf(wanted: (heading: string) => boolean): Promise<void> {
  const typed = commandsOf(Deno.readTextFileSync(`${ROOT}docs/first-leak.md`), wanted);
  assert.ok(typed.length > 2, "the document has no such part");
  const reader = new Reader();
  try {
    for (const each of typed) await reader.type(each);
  } finally {
    await reader.close();
  }
}

class Reader {
  /** With a `leakwatch` that runs these sources, and what the document puts into /tmp. */
  readonly #directory = Deno.makeTempDirSync({ prefix: "first-leak-" });
  /** The document's number of a process → the one here. */
  readonly #running = new Map<number, Deno.ChildProcess>();
  readonly #names = new Set(
    [...Deno.readDirSync(EXAMPLES)].filter(({ name }) => !name.endsWith(".md"))
      .flatMap(({ name }) => namesIn(Deno.readTextFileSync(EXAMPLES + name))),
  );

  constructor() {
    const starter = `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet --allow-all '${ROOT}main.ts' "$@"\n`;
    Deno.writeTextFileSync(`${this.#directory}/leakwatch`, starter, { mode: 0o755 });
  }

  async type({ command, output }: Typed): Promise<void> {
    const line = this.#here(command);
    if (line.endsWith(" &")) return await this.#start(line.slice(0, -2), output[0]!);
    const killed = /^kill (\d+)$/.exec(command)?.[1];
    if (killed) return await this.#kill(Number(killed));
    const { code, stdout, stderr } = await this.#shell(line).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 0, `${command}\n${err}`);
    if (!command.includes("leakwatch ")) return assert.equal(out!.trimEnd(), output.join("\n").trimEnd());
    const facts = factsOf(output, this.#names);
    const found = new Set(factsOf(out!.split("\n"), this.#names));
    assert.deepEqual(facts.filter((fact) => !found.has(fact)), [], `missing from ${command}\n${out}`);
    const documented = accused(output.join("\n"), [...this.#running.keys()]);
    const here = [...this.#running.keys()].filter((key) => accused(out!, [this.#running.get(key)!.pid])[0]);
    if (command.includes(" analyze ")) assert.deepEqual(here, documented, `${command}\n${out}`);
  }

  /** Starts a program and waits until it does what it is there for: it leaks, unless it is `fixed`. */
  async #start(line: string, job: string): Promise<void> {
    const child = this.#shell(`exec ${line}`, "null").spawn();
    this.#running.set(Number(/^\[\d+\] (\d+)$/.exec(job)![1]), child);
    const least = line.endsWith(" fixed") ? 0 : 64 * 1024; // a JVM that begins has less
    for (let tries = 0; residentKib(child.pid) < least; tries++) {
      assert.ok(tries < 240, `${line} does not leak`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }

  async #kill(documented: number): Promise<void> {
    const child = this.#running.get(documented)!;
    this.#running.delete(documented);
    child.kill("SIGKILL");
    await child.status;
  }

  /** Numbers of processes and the folder for built programs as they are here; the test is root, without sudo. */
  #here(command: string): string {
    const pids = command.replace(/\b\d{4,}\b/g, (pid) => String(this.#running.get(Number(pid))?.pid ?? pid));
    return pids.replace(/^sudo /, "").replaceAll("/tmp/", `${this.#directory}/`);
  }

  #shell(line: string, output: "piped" | "null" = "piped"): Deno.Command {
    const PATH = `${this.#directory}:${Deno.env.get("PATH")}`;
    const streams = { stdin: "null", stdout: output, stderr: output } as const;
    return new Deno.Command("sh", {
      args: ["-c", line],
      cwd: ROOT,
      env: { PATH, NO_COLOR: "1" },
      ...streams,
    });
  }

  async close(): Promise<void> {
    for (const pid of [...this.#running.keys()]) await this.#kill(pid);
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

function residentKib(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}
