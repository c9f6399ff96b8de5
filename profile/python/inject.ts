/**
 * Runs a piece of Python in a CPython process at its main thread's next safe point, through gdb and without debug symbols.
 *
 * gdb stops the process for some tenths of a second, maps one page, writes a line of Python into it and calls
 * Py_AddPendingCall(PyRun_SimpleString, page), which only queues: nothing is allocated and the interpreter's lock is not
 * needed. The interpreter runs it between two bytecodes of the main thread
 * (https://docs.python.org/3/c-api/init.html#c.Py_AddPendingCall). The line reads the code from a file and is silent where that
 * is gone, so that a main thread which wakes up hours later does nothing.
 */

import { ProfileError } from "../errors.ts";
import { assertUntraced } from "../guards/tracer.ts";
import { runTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { TargetDirectory } from "../target_directory.ts";
import { removeTargetFiles } from "../undo/remove_target_files.ts";
import answerCode from "./answer.py" with { type: "text" };

/** 0.2 s is usual; gdb first reads the symbols of every library. */
const GDB_SECONDS = 60;
/** After which gdb is interrupted: it then unwinds the call that does not return, and lets the process go. */
const GDB_INTERRUPT_SECONDS = 20;
/** A main thread that has not run for so long waits for something else. */
const MAIN_THREAD_SECONDS = 15;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const PAGE_BYTES = 4096;
const NEWLINE = 0x0a;

/** A page of the target, for the line of Python; used again within one profile. */
export interface CodePage {
  address: bigint | null;
}

export interface Injection {
  target: Target;
  /** Python that defines `_leakwatch(setup)`, which returns what JSON can say. */
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

/** What gdb is told on its standard input; `page` null: to map one. Pure. */
export function gdbCommands(file: string, page: bigint | null): string {
  const line = `try: exec(compile(open('${file}').read(), '${file}', 'exec'), {})\nexcept Exception: pass\n`;
  const text = line.replaceAll("\n", "\\n");
  const map = `((long(*)(long,long,int,int,int,long))mmap)(0,${PAGE_BYTES},3,0x22,-1,0)`;
  return [
    "set pagination off",
    "set confirm off",
    "set unwindonsignal on",
    "handle all nostop noprint pass",
    "set $queue = (int(*)(void*,void*))Py_AddPendingCall",
    "set $run = (void*)&PyRun_SimpleString",
    // gdb goes on after a failed line, but not with a block whose condition fails: without both symbols nothing is done.
    "if $queue != 0 && $run != 0",
    `set $page = ${page ?? map}`,
    "if $page == -1",
    'printf "leakwatch: no page\\n"',
    "else",
    `set {char[${line.length + 1}]}$page = "${text}"`,
    'printf "leakwatch: page %lu queued %d\\n", $page, $queue($run, (void*)$page)',
    "end",
    "end",
    "detach",
    "quit",
    "",
  ].join("\n");
}

export function gdbArguments(pid: number): string[] {
  return [
    "-nx",
    "-q",
    "-iex",
    "set debug-file-directory /nonexistent",
    "-iex",
    "set auto-load off",
    "-iex",
    "set debuginfod enabled off",
    "-p",
    String(pid),
  ];
}

/** What gdb said: the page and whether the call is queued. Throws ProfileError with the reason. Pure. */
export function parseGdbOutput(stdout: string, stderr: string): bigint {
  const done = /leakwatch: page (\d+) queued (-?\d+)$/m.exec(stdout);
  if (done?.[2] === "0") return BigInt(done[1]!);
  if (done !== null) throw new ProfileError("the interpreter's queue of pending calls is full; try again");
  if (/No symbol "?(Py_AddPendingCall|PyRun_SimpleString)/.test(stderr)) {
    throw new ProfileError(
      "this Python does not export Py_AddPendingCall (PyPy, or a stripped static build)",
    );
  }
  if (/ptrace: Operation not permitted|Could not attach/i.test(stderr)) {
    throw new ProfileError("gdb may not attach; run leakwatch as root, or see kernel.yama.ptrace_scope");
  }
  const last = stderr.trim().split("\n").findLast((line) => !/^warning:/i.test(line)) ?? "";
  throw new ProfileError(`gdb could not queue the call: ${last || "it said nothing"}`);
}

/** The script file: the code, its setup and the call. Pure. */
export function scriptText(code: string, setup: Record<string, string | number>): string {
  // A JSON text of ASCII is also a Python literal of it: no true, false or null among strings and numbers.
  const literal = JSON.stringify(setup).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${code}\n\n${answerCode}_leakwatch_answer(${literal})\n`;
}

/** Runs the code and gives what it returned. Throws ProfileError; the files are removed in every end. */
export async function runPython(
  { target, code, setup, page, undo }: Injection,
): Promise<Record<string, unknown>> {
  const name = `leakwatch-profile-${crypto.randomUUID()}`;
  const answer = `${name}.json`;
  const files = [`${name}.py`, answer];
  const { pid, start_ticks, proc, same_mnt } = target;
  const step = { kind: "target-files" as const, pid, start_ticks, proc, same_mnt, files };
  const id = await undo?.register(step);
  try {
    using tmp = new TargetDirectory(target, "/tmp");
    tmp.create(files[0]!, scriptText(code, { ...setup, answer: `/tmp/${answer}` }), target, 0o644);
    // Made here, so that a script that is still running when this ends cannot make it anew.
    tmp.create(answer, "", target, 0o600);
    await queueCall(target, `/tmp/${name}.py`, page);
    return parseAnswer(await waitForAnswer(target, tmp, answer));
  } finally {
    if (id === undefined) removeTargetFiles(step);
    else await undo?.perform(id);
  }
}

async function queueCall(target: Target, file: string, page: CodePage): Promise<void> {
  assertSame(target);
  assertUntraced(target);
  const interrupt = new AbortController();
  const timer = setTimeout(() => interrupt.abort(), GDB_INTERRUPT_SECONDS * 1000);
  try {
    const { stdout, stderr, timed_out } = await runTool("gdb", gdbArguments(target.pid), {
      stdin: gdbCommands(file, page.address),
      seconds: GDB_SECONDS,
      max_stdout_bytes: 1024 * 1024,
      signal: interrupt.signal,
      // Killed in the middle of its call it would leave the target with a wrong stack.
      must_finish: true,
    });
    if (timed_out) throw new ProfileError(`gdb did not end in ${GDB_SECONDS} s`);
    page.address = parseGdbOutput(new TextDecoder().decode(stdout), stderr);
  } finally {
    clearTimeout(timer);
  }
}

/** The file's bytes, once they end with a newline. */
async function waitForAnswer(target: Target, tmp: TargetDirectory, name: string): Promise<Uint8Array> {
  const deadline = performance.now() + MAIN_THREAD_SECONDS * 1000;
  for (;;) {
    const isWritten = (tmp.info(name)?.size_bytes ?? 0) > 0;
    const bytes = isWritten ? tmp.read(name, target.uid, MAX_ANSWER_BYTES) : null;
    if (bytes?.at(-1) === NEWLINE) return bytes;
    assertSame(target);
    if (performance.now() > deadline) {
      throw new ProfileError(
        `the main thread of process ${target.pid} ran no Python in ${MAIN_THREAD_SECONDS} s (it waits for ` +
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
    throw new ProfileError("the target's answer is no JSON");
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    throw new ProfileError("the target's answer is no object");
  }
  const { error } = answer as { error?: unknown };
  if (error !== undefined) throw new ProfileError(`the code failed in the target: ${String(error)}`);
  return answer as Record<string, unknown>;
}
