/** Where sessions are written and looked for. */

import { UserError } from "./errors.ts";

export type SessionKind = "memory-monitor" | "boot-diagnostics";

const SYSTEM_DIRECTORY = "/var/log";

/** $XDG_STATE_HOME/leakwatch, or its default below HOME; null where neither is set. */
function stateDirectory(): string | null {
  const state = Deno.env.get("XDG_STATE_HOME");
  if (state?.startsWith("/")) return `${state}/leakwatch`;
  const home = Deno.env.get("HOME");
  return home ? `${home}/.local/state/leakwatch` : null;
}

/** All directories that may hold sessions of ours, best first; they need not exist. */
export function sessionDirectories(): string[] {
  const state = stateDirectory();
  const kinds: SessionKind[] = ["memory-monitor", "boot-diagnostics"];
  return [
    ...kinds.map((kind) => `${SYSTEM_DIRECTORY}/${kind}`),
    ...(state ? kinds.map((kind) => `${state}/${kind}`) : []),
  ];
}

/**
 * The directory to write a session to, made with mode 0750 where it is missing. An explicit one must work; otherwise
 * /var/log/KIND where it can be written, else below the user's state directory.
 * Throws UserError where nothing can be written.
 */
export function writableSessionDirectory(kind: SessionKind, explicit?: string): string {
  if (explicit !== undefined) {
    const trouble = tryDirectory(explicit);
    if (trouble) {
      throw new UserError(`cannot write to ${explicit}: ${trouble}; name another with --output-dir`);
    }
    return explicit;
  }
  const system = `${SYSTEM_DIRECTORY}/${kind}`;
  const systemTrouble = tryDirectory(system);
  if (!systemTrouble) return system;
  const state = stateDirectory();
  if (!state) {
    throw new UserError(`cannot write to ${system}: ${systemTrouble}; name another with --output-dir`);
  }
  const own = `${state}/${kind}`;
  const trouble = tryDirectory(own);
  if (trouble) {
    throw new UserError(
      `cannot write to ${system} (${systemTrouble}) nor ${own} (${trouble}); name another with --output-dir`,
    );
  }
  return own;
}

/** Makes the directory and proves that a file can be made in it; the reason where not. */
function tryDirectory(directory: string): string | null {
  const probe = `${directory}/.leakwatch-${Deno.pid}`;
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o750 });
    Deno.openSync(probe, { write: true, createNew: true, mode: 0o640 }).close();
    Deno.removeSync(probe);
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
    return error instanceof Error
      ? error.message.replace(/ \(os error.*$/, "").split(":")[0]!
      : String(error);
  }
}
