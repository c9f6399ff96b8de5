/**
 * Undoes when leakwatch cannot: a child in a session of its own that holds the list of steps and waits for the end of its
 * standard input, which the kernel closes however leakwatch ends (SIGKILL, a crash, the OOM killer). It is this same
 * executable, so that it can do all that leakwatch can; what it costs is one more process for the length of the profile.
 */

import { ProfileError } from "../errors.ts";
import { ownCommand } from "../own_command.ts";
import { RUN_ID } from "../run_id.ts";
import { spawnWatchdog } from "../run_own.ts";
import type { UndoWriter } from "./undo_list.ts";
import type { UndoStep } from "./undo_steps.ts";

/** Name of the hidden command that is the watchdog. */
const WATCHDOG_COMMAND = "profile-watchdog";

/** From the sources it has to be loaded and compiled first, on a busy machine. */
const START_SECONDS = 30;

export interface Watchdog extends UndoWriter {
  readonly pid: number;
  /** Lets it end; it performs what was not removed. Resolves when it has ended. */
  close(): Promise<void>;
}

/** Starts the watchdog and waits until it listens. Throws ProfileError where it does not start. */
export async function startWatchdog(command: readonly string[] = ownCommand()): Promise<Watchdog> {
  const child = spawnWatchdog([...command, WATCHDOG_COMMAND, RUN_ID]);
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  let unread = "";
  const nextLine = async (): Promise<string> => {
    while (!unread.includes("\n")) {
      const { value, done } = await answers.read();
      if (done) throw new ProfileError("the watchdog that cleans up after a crash has ended; profile again");
      unread += value;
    }
    const line = unread.slice(0, unread.indexOf("\n"));
    unread = unread.slice(line.length + 1);
    return line;
  };
  let queue: Promise<unknown> = Promise.resolve();
  /** Sends one message and waits for its acknowledgement; one at a time. */
  const ask = (message: unknown): Promise<void> => {
    const answer = queue.then(async () => {
      await writer.write(new TextEncoder().encode(JSON.stringify(message) + "\n")).catch(() => {});
      await nextLine();
    });
    queue = answer.catch(() => {});
    return answer;
  };
  const timer = setTimeout(() => child.kill("SIGKILL"), START_SECONDS * 1000);
  try {
    await nextLine();
  } catch {
    throw new ProfileError(
      "cannot start the watchdog that cleans up after a crash; free some memory and profile again",
    );
  } finally {
    clearTimeout(timer);
  }
  return {
    pid: child.pid,
    add: (id: number, step: UndoStep) => ask({ add: id, step }),
    remove: (id: number) => ask({ remove: id }),
    async close() {
      await queue;
      await writer.close().catch(() => {});
      await answers.cancel().catch(() => {});
      await child.status;
    },
  };
}
