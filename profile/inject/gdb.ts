/** The conversation with gdb that queues a call in an interpreter. */

import { ProfileError } from "../errors.ts";
import type { Interpreter } from "./interpreter.ts";

const PAGE_BYTES = 4096;

/** What gdb is told on its standard input; `page` null: to map one. Pure. */
export function gdbCommands(interpreter: Interpreter, file: string, page: bigint | null): string {
  const source = interpreter.loader(file);
  const { type, symbol } = interpreter.queue;
  const map = `((long(*)(long,long,int,int,int,long))mmap)(0,${PAGE_BYTES},3,0x22,-1,0)`;
  return [
    "set pagination off",
    "set confirm off",
    "set unwindonsignal on",
    "handle all nostop noprint pass",
    `set $queue = (${type})${symbol}`,
    `set $run = (void*)&${interpreter.run}`,
    // gdb goes on after a failed line, but not with a block whose condition fails: without both symbols nothing is done.
    "if $queue != 0 && $run != 0",
    `set $page = ${page ?? map}`,
    "if $page == -1",
    'printf "leakwatch: no page\\n"',
    "else",
    `set {char[${source.length + 1}]}$page = "${source.replaceAll("\n", "\\n")}"`,
    `printf "leakwatch: page %lu queued %d\\n", $page, $queue(${interpreter.queue_arguments})`,
    "end",
    "end",
    "detach",
    "quit",
    "",
  ].join("\n");
}

export function gdbArguments(pid: number): string[] {
  const first = ["set debug-file-directory /nonexistent", "set auto-load off", "set debuginfod enabled off"];
  return ["-nx", "-q", ...first.flatMap((command) => ["-iex", command]), "-p", String(pid)];
}

/** The page where the call is queued, from what gdb said. Throws ProfileError with the reason where it is not. Pure. */
export function parseGdbOutput(interpreter: Interpreter, stdout: string, stderr: string): bigint {
  const done = /leakwatch: page (\d+) queued (-?\d+)$/m.exec(stdout);
  if (done !== null && Number(done[2]) === interpreter.queued) return BigInt(done[1]!);
  if (done !== null) {
    throw new ProfileError(`${interpreter.name}'s queue of calls is full; try again`);
  }
  if (/No symbol "?(Py|rb)_/i.test(stderr)) {
    throw new ProfileError(
      `this ${interpreter.name} does not export ${interpreter.queue.symbol} (another implementation, or stripped)`,
    );
  }
  if (/ptrace: Operation not permitted|Could not attach/i.test(stderr)) {
    throw new ProfileError("gdb may not attach; run leakwatch as root, or see kernel.yama.ptrace_scope");
  }
  const last = stderr.trim().split("\n").findLast((line) => !/^warning:/i.test(line)) ?? "";
  throw new ProfileError(`gdb could not queue the call: ${last || "no message"}`);
}
