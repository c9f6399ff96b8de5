/** The watchdog itself: see guards/watchdog.ts. */

import { safeText } from "../model/safe_text.ts";
import { performUndo, type UndoStep } from "./guards/undo_steps.ts";
import { endTools } from "./undo/end_tools.ts";

type Message = { add: number; step: UndoStep } | { remove: number };

/**
 * Keeps steps from standard input, one JSON message a line, each acknowledged by a line. At its end ends the tools of the run
 * and performs the steps that are left, the last one first. Reports on standard error what it undid after a crash.
 */
export async function watchdogMain(run: string): Promise<void> {
  // Only the end of the input counts: whoever stops leakwatch's whole group must not stop the undo.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, () => {});
  const steps = new Map<number, UndoStep>();
  answer();
  let unread = "";
  for await (const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (unread + part).split("\n");
    unread = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if ("add" in message) steps.set(message.add, message.step);
      else steps.delete(message.remove);
      answer();
    }
  }
  if (steps.size === 0) return;
  const left: string[] = [];
  const still = await endTools(run);
  if (still !== null) left.push(still);
  for (const step of [...steps.values()].reverse()) {
    const phrase = await performUndo(step);
    if (phrase !== null) left.push(phrase);
  }
  report(
    left.length === 0
      ? "profile was killed; everything it had changed is undone"
      : `profile was killed; left behind: ${left.join("; ")}`,
  );
}

function answer(): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode("ok\n"));
  } catch {
    // leakwatch was killed while it waited.
  }
}

function report(message: string): void {
  try {
    console.error(safeText(`leakwatch: ${message}`));
  } catch {
    // Nobody reads any more.
  }
}
