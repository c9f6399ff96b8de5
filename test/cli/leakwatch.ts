/** Runs leakwatch as a user does: a process with arguments, an environment and an exit code. */

import { fileURLToPath } from "node:url";
import type { Program } from "../programs.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** Sends this signal once something stands on stderr; again a moment later where `times` says so. */
  signal?: { name: Deno.Signal; times?: number };
  /** Words before the command: setpriv, unshare, env. */
  wrapper?: readonly string[];
}

/** Colours are off unless a test asks for them; the environment is otherwise the caller's. */
export async function leakwatch(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const [command, ...rest] = [...options.wrapper ?? [], ...program.command, ...args];
  const child = new Deno.Command(command!, {
    args: rest,
    cwd: options.cwd ?? REPOSITORY,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const signal = options.signal;
  const stderr = collect(
    child.stderr,
    signal && (() => {
      child.kill(signal.name);
      if ((signal.times ?? 1) > 1) setTimeout(() => child.kill(signal.name), 150);
    }),
  );
  const [stdout, status, errors] = await Promise.all([collect(child.stdout), child.status, stderr]);
  return { code: status.code, stdout, stderr: errors };
}

async function collect(stream: ReadableStream<Uint8Array>, onFirst?: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stream) {
    if (text === "") onFirst?.();
    text += decoder.decode(part, { stream: true });
  }
  return text;
}

/** The options that make leakwatch look at a recorded machine, as seen from the repository. */
export function rootsOf(machine: string): string[] {
  return ["--proc-root", `test/fixtures/${machine}/proc`, "--sys-root", `test/fixtures/${machine}/sys`];
}
