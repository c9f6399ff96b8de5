/** Programs that leak at a known line, to be profiled; each says every second how it is doing. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL("programs/", import.meta.url));

/** What a program says of one second: how often it came round, and its longest standstill. */
export interface Second {
  ticks: number;
  longest_ms: number;
  line: string;
  /** When it said so, on the axis of performance.now(). */
  at: number;
}

/** Seconds that it is left alone before it is profiled. */
const FIRST_SECONDS = 3;
/** What a busy machine may add to a standstill. */
const STANDSTILL_MS = 500;

export interface StartOptions {
  /** In namespaces of its own, with its own /tmp. */
  isolated?: boolean;
  /** In a root of its own whose /tmp is a symbolic link to this path. */
  tmp_link?: string;
}

export class LeakingProgram {
  private constructor(
    /** Of the program itself, as this machine sees it. */
    readonly pid: number,
    readonly child: Deno.ChildProcess,
    readonly seconds: readonly Second[],
    readonly errors: readonly string[],
    readonly reading: Promise<unknown>[],
  ) {}

  /** Starts it and waits until it leaks. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<LeakingProgram> {
    const isIsolated = options.isolated || options.tmp_link !== undefined;
    const [program, ...args] = isIsolated ? inNamespaces(command, options.tmp_link) : command;
    const child = new Deno.Command(program!, { args, cwd: "/", stdout: "piped", stderr: "piped" }).spawn();
    const seconds: Second[] = [];
    const errors: string[] = [];
    const reading = [
      readLines(child.stdout, (line) => {
        const found = /^ticks (\d+) longest_ms (\d+)/.exec(line);
        if (found === null) return;
        const [, ticks, longest_ms] = found.map(Number);
        seconds.push({ ticks: ticks!, longest_ms: longest_ms!, line, at: performance.now() });
      }),
      readLines(child.stderr, (line) => errors.push(line)),
    ];
    await waitFor(
      `${command[0]} to leak`,
      () => seconds.length >= FIRST_SECONDS || errors.length > 0 || null,
    );
    assert.deepEqual(errors, []);
    return new LeakingProgram(isIsolated ? childOf(child.pid) : child.pid, child, seconds, errors, reading);
  }

  /**
   * Throws unless it is alive and untraced, came round at least a tenth as often while it was profiled as before, and comes round
   * again a quarter as often as before without much longer standstills. A busy machine may take that from it, too: it has a minute.
   */
  async assertUnharmed(): Promise<void> {
    const before = this.seconds.slice(0, FIRST_SECONDS);
    const during = this.seconds.slice(FIRST_SECONDS);
    const rate = Math.min(...before.map(({ ticks }) => ticks));
    const standstill = Math.max(...before.map(({ longest_ms }) => longest_ms));
    if (during.length > 1) {
      const rounds = during.slice(1).reduce((sum, { ticks }) => sum + ticks, 0);
      const usual = (before.at(-1)!.at - before[0]!.at) / (before.length - 1);
      const periods = (during.at(-1)!.at - during[0]!.at) / usual;
      assert.ok(
        rounds >= periods * rate / 10,
        `${rounds} rounds in ${periods} periods, ${rate} in one before`,
      );
    }
    const seen = this.seconds.length;
    const isAsBefore = ({ ticks, longest_ms }: Second) =>
      ticks >= rate / 4 && longest_ms <= 2 * standstill + STANDSTILL_MS;
    await waitFor(
      `process ${this.pid} to go on as before`,
      () => this.seconds.slice(seen + 1).some(isAsBefore) || null,
    );
    assert.match(Deno.readTextFileSync(`/proc/${this.pid}/status`), /^TracerPid:\s*0$/m);
  }

  async stop(): Promise<void> {
    try {
      Deno.kill(this.pid, "SIGKILL");
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.child.status;
    await Promise.all(this.reading);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Path of a program beside this file. */
export function source(name: string): string {
  return HERE + name;
}

const directories = new Map<string, Promise<string>>();

/** A directory of /var/tmp, which isolated programs see too, with what `compiler` makes of a program beside this file; made once, removed at the end of the tests. */
export function built(name: string, compiler: (directory: string) => string[]): Promise<string> {
  const key = `${name} ${compiler("")}`;
  const found = directories.get(key) ?? build(name, compiler);
  directories.set(key, found);
  return found;
}

async function build(name: string, compiler: (directory: string) => string[]): Promise<string> {
  const directory = Deno.makeTempDirSync({ dir: "/var/tmp", prefix: "leaking-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  const [program, ...args] = compiler(directory);
  const { success, stderr } = await new Deno.Command(program!, {
    args: [...args, source(name)],
    stderr: "piped",
  })
    .output();
  assert.ok(success, `cannot build ${name}: ${new TextDecoder().decode(stderr)}`);
  return directory;
}

/** A copy that isolated programs see too: this checkout may lie in the /tmp that is hidden from them. */
function visibleCopy(path: string): string {
  if (!path.startsWith(HERE)) return path;
  const directory = Deno.makeTempDirSync({ dir: "/var/tmp", prefix: "leaking-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  const copy = `${directory}/${path.slice(HERE.length)}`;
  Deno.copyFileSync(path, copy);
  return copy;
}

/** Own mounts, processes and network, own /tmp and /proc: what a container has. */
function inNamespaces(original: readonly string[], tmp_link?: string): string[] {
  const command = original.map(visibleCopy);
  const script = tmp_link === undefined
    ? 'ip link set lo up && mount -t tmpfs tmpfs /tmp && mount -t proc proc /proc && exec "$@"'
    : `cd /mnt && mount -t tmpfs tmpfs . && cd /mnt &&
       for folder in usr etc dev var; do mkdir $folder && mount --rbind /$folder $folder || exit 1; done &&
       ln -s usr/lib usr/lib64 usr/bin . && mkdir proc && mount -t proc proc proc && ln -s ${tmp_link} tmp &&
       exec chroot . /usr/bin/env PATH=/usr/bin:/bin "$@"`;
  return [
    "unshare",
    "--mount",
    "--pid",
    "--net",
    "--fork",
    "--kill-child",
    "sh",
    "-c",
    script,
    "sh",
    ...command,
  ];
}

function childOf(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ")[0]);
}

export async function waitFor<T>(what: string, look: () => T | null, seconds = 60): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = look();
    if (found !== null) return found;
    assert.ok(performance.now() < deadline, `waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  use: (line: string) => void,
): Promise<void> {
  let unread = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (unread + part).split("\n");
    unread = lines.pop()!;
    lines.forEach(use);
  }
}
