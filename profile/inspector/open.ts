/** Opens the inspector of a Node or Deno process by SIGUSR1, and closes it again. */

import { ProfileError } from "../errors.ts";
import { catchesSignal } from "../guards/signals.ts";
import { ownListeners, parseListeners, readSocketInodes } from "../guards/sockets.ts";
import type { UndoList } from "../guards/undo_list.ts";
import { assertSame, type Target } from "../target.ts";
import { assertOwner, findInspector, type Inspector } from "./discover.ts";
import { InspectorClient } from "./client.ts";

/** Where both runtimes listen unless told otherwise. */
const DEFAULT_PORT = 9229;
const OPEN_SECONDS = 5;

/** Whether one of its sockets may be an open inspector; only asking would tell for sure. Reads only. */
export function mayBeOpen(target: Target): boolean {
  return hasPortOption(target) || ownListeners(target).some(({ port }) => port === DEFAULT_PORT);
}

/** Why the inspector cannot be opened, or null. Reads only. */
export function whyNotOpenable(target: Target): string | null {
  if (!catchesSignal(target, "SIGUSR1")) {
    return "it does not catch SIGUSR1, which would end it (NODE_OPTIONS=--disable-sigusr1, or an old Deno)";
  }
  if (!hasPortOption(target) && isPortForeign(target, DEFAULT_PORT)) {
    return `port ${DEFAULT_PORT} in its network belongs to another process, so its inspector cannot open; free the port`;
  }
  return null;
}

/**
 * The inspector of the target, opened if need be; `undo` then knows how to close it. Throws ProfileError.
 */
export async function openInspector(
  target: Target,
  undo: UndoList,
): Promise<{ inspector: Inspector; opened: number | null }> {
  const open = await findInspector(target);
  if (open !== null) return { inspector: open, opened: null };
  const reason = whyNotOpenable(target);
  if (reason !== null) throw new ProfileError(reason);
  const opened = await undo.register({
    kind: "close-inspector",
    pid: target.pid,
    start_ticks: target.start_ticks,
    proc: target.proc,
  });
  assertSame(target);
  try {
    Deno.kill(target.pid, "SIGUSR1");
  } catch {
    await undo.forget(opened);
    throw new ProfileError(`may not signal process ${target.pid}; run leakwatch as root or as its user`);
  }
  for (const until = performance.now() + OPEN_SECONDS * 1000; performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertSame(target);
    const inspector = await findInspector(target);
    if (inspector !== null) return { inspector, opened };
  }
  throw new ProfileError(
    `process ${target.pid} did not open its inspector on SIGUSR1; it may have a handler of its own for that signal`,
  );
}

/** Connects and proves once more whom the socket belongs to, last by asking the process its own pid. Throws ProfileError. */
export async function connectInspector(
  target: Target,
  inspector: Inspector,
  max_bytes: number,
): Promise<InspectorClient> {
  assertOwner(target, inspector);
  const client = await InspectorClient.connect(inspector, max_bytes);
  try {
    assertOwner(target, inspector);
    const { result } = await client.send("Runtime.evaluate", {
      expression: "process.pid",
      returnByValue: true,
    });
    const pid = (result as Record<string, unknown> | undefined)?.value;
    if (pid !== target.ns_pid) {
      throw new ProfileError(
        `the inspector on port ${inspector.listener.port} is not that of process ${target.pid}`,
      );
    }
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** --inspect-port and its like in the command line: the default port then says nothing. */
function hasPortOption({ pid, proc }: Target): boolean {
  try {
    return /--(inspect|debug)-port|--inspect(-brk|-wait)?=/.test(
      Deno.readTextFileSync(`${proc}/${pid}/cmdline`),
    );
  } catch {
    return false;
  }
}

/** Whether somebody else listens on the port in the target's network namespace. */
function isPortForeign({ pid, proc }: Target, port: number): boolean {
  const inodes = readSocketInodes(pid, proc);
  try {
    return parseListeners(Deno.readTextFileSync(`${proc}/${pid}/net/tcp`))
      .some((row) => row.port === port && !inodes.has(row.inode));
  } catch {
    return false;
  }
}
