/**
 * Runs a piece of source in an interpreter at its next safe point, through gdb and without debug symbols.
 *
 * gdb stops the process for some tenths of a second, maps one page, writes a line of source into it and calls the
 * interpreter's function that queues a call (see Interpreter), which only queues: nothing is run, allocated or locked in the
 * stopped process. The line loads the code from a file and is silent where that is gone, so that an interpreter which wakes
 * up hours later does nothing.
 */

import { ProfileError } from "../errors.ts";
import { gdbArguments, gdbCommands, parseGdbOutput } from "./gdb.ts";
import type { Interpreter } from "./interpreter.ts";
import { assertUntraced } from "../guards/tracer.ts";
import { runTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { TargetDirectory } from "../target_directory.ts";
import { removeTargetFiles } from "../undo/remove_target_files.ts";

/** 0.2 s is usual; gdb first reads the symbols of every library. */
const GDB_SECONDS = 60;
/** After which gdb is interrupted: it then unwinds the call that does not return, and lets the process go. */
const GDB_INTERRUPT_SECONDS = 20;
/** A main thread that has not run for so long waits for something else. */
const MAIN_THREAD_SECONDS = 15;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** A page of the target, for the line of source; used again within one profile. */
export interface CodePage {
  address: bigint | null;
  /** The longest that gdb ran, and so the most that it stopped the target for. */
  longest_stop_ms: number;
}

export function noPage(): CodePage {
  return { address: null, longest_stop_ms: 0 };
}

export interface Injection {
  target: Target;
  interpreter: Interpreter;
  /** Defines `_leakwatch` (`leakwatch` in Ruby), which is called with the setup and returns what JSON can say. */
  code: string;
  setup: Record<string, string | number>;
  page: CodePage;
  /** null: this is itself an undo. */
  undo: FileUndo | null;
}

/** What of the list of undo steps is used here. */
export interface FileUndo {
  register(step: { kind: "target-files" } & Record<string, unknown>): Promise<number>;
  perform(id: number): Promise<string | null>;
}

/** Runs the code and gives what it returned. Throws ProfileError; the files are removed in every end. */
export async function runCode(
  { target, interpreter, code, setup, page, undo }: Injection,
): Promise<Record<string, unknown>> {
  const name = `leakwatch-profile-${crypto.randomUUID()}`;
  const answer = `${name}.json`;
  const files = [`${name}.${interpreter.extension}`, answer];
  const { pid, start_ticks, proc, same_mnt } = target;
  const step = { kind: "target-files" as const, pid, start_ticks, proc, same_mnt, files };
  const id = await undo?.register(step);
  try {
    using tmp = new TargetDirectory(target, "/tmp");
    const script = interpreter.script(code, { ...setup, answer: `/tmp/${answer}` });
    tmp.create(files[0]!, script, target, 0o644);
    // Made here, so that a script that is still running when this ends cannot make it anew.
    tmp.create(answer, "", target, 0o600);
    await queueCall(target, interpreter, `/tmp/${files[0]}`, page);
    return parseAnswer(await waitForAnswer(target, interpreter, tmp, answer));
  } finally {
    if (id === undefined) removeTargetFiles(step);
    else await undo?.perform(id);
  }
}

async function queueCall(
  target: Target,
  interpreter: Interpreter,
  file: string,
  page: CodePage,
): Promise<void> {
  assertSame(target);
  assertUntraced(target);
  const interrupt = new AbortController();
  const began = performance.now();
  const timer = setTimeout(() => interrupt.abort(), GDB_INTERRUPT_SECONDS * 1000);
  try {
    const { stdout, stderr, timed_out } = await runTool("gdb", gdbArguments(target.pid), {
      stdin: gdbCommands(interpreter, file, page.address),
      seconds: GDB_SECONDS,
      max_stdout_bytes: 1024 * 1024,
      signal: interrupt.signal,
      // Killed in the middle of its call it would leave the target with a wrong stack.
      must_finish: true,
    });
    if (timed_out) throw new ProfileError(`gdb did not end in ${GDB_SECONDS} s`);
    page.address = parseGdbOutput(interpreter, new TextDecoder().decode(stdout), stderr);
  } finally {
    clearTimeout(timer);
    page.longest_stop_ms = Math.max(page.longest_stop_ms, performance.now() - began);
  }
}

/** The file's bytes, once they end with a newline. */
async function waitForAnswer(
  target: Target,
  interpreter: Interpreter,
  tmp: TargetDirectory,
  name: string,
): Promise<Uint8Array> {
  const deadline = performance.now() + MAIN_THREAD_SECONDS * 1000;
  for (;;) {
    const isWritten = (tmp.info(name)?.size_bytes ?? 0) > 0;
    const bytes = isWritten ? tmp.read(name, target.uid, MAX_ANSWER_BYTES) : null;
    if (bytes?.at(-1) === NEWLINE) return bytes;
    assertSame(target);
    if (performance.now() > deadline) {
      throw new ProfileError(
        `the main thread of process ${target.pid} ran no ${interpreter.name} in ${MAIN_THREAD_SECONDS} s (it waits for ` +
          "something); try again while the process works",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The target's word: an object, or an error of the code. Throws ProfileError otherwise. Pure. */
export function parseAnswer(bytes: Uint8Array): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ProfileError("the target's answer is not JSON");
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    throw new ProfileError("the target's answer is not an object");
  }
  const { error } = answer as { error?: unknown };
  if (error !== undefined) throw new ProfileError(`the code failed in the target: ${String(error)}`);
  return answer as Record<string, unknown>;
}
