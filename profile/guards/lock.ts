/** One profile per target: two tracers would record each other, and the second would undo what the first still needs. */

import { ProfileError } from "../errors.ts";
import { isSame, readStartTicks, type Target } from "../target.ts";

interface Holder {
  run: string;
  /** leakwatch and its watchdog, which releases the lock where leakwatch was killed. */
  processes: { pid: number; start_ticks: number }[];
}

/** Where locks lie: emptied by a reboot. Root's is not writable by others. */
function lockDirectory(): string {
  if (Deno.uid() === 0) return "/run";
  // systemd's RuntimeDirectory=, then the user's own.
  return Deno.env.get("RUNTIME_DIRECTORY") ?? Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp";
}

export function lockPath(target: Pick<Target, "pid" | "start_ticks">, directory = lockDirectory()): string {
  return `${directory}/leakwatch-profile-${target.pid}-${target.start_ticks}.lock`;
}

/**
 * Takes the lock for the run, held by the processes of these pids. A lock whose holders have all ended is taken over. Throws
 * ProfileError where another profile of the same target runs.
 */
export function takeLock(
  path: string,
  target: Pick<Target, "pid">,
  run: string,
  pids: readonly number[],
): void {
  const holder: Holder = { run, processes: pids.map((pid) => ({ pid, start_ticks: readStartTicks(pid) })) };
  const draft = `${path}.${run}`;
  // The name appears together with its content, or not at all: link(2) fails where the name exists.
  Deno.writeTextFileSync(draft, JSON.stringify(holder), { createNew: true, mode: 0o600 });
  try {
    for (let attempt = 0;; attempt++) {
      try {
        Deno.linkSync(draft, path);
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
      const other = readHolder(path);
      const alive = other?.processes.find((process) => isSame({ ...process, proc: "/proc" }));
      if (alive !== undefined || attempt > 2) {
        throw new ProfileError(
          `process ${target.pid} is being profiled by process ${alive?.pid ?? "?"}; wait for it to end`,
        );
      }
      removeFile(path);
    }
  } finally {
    removeFile(draft);
  }
}

/** { path, run }: gives a lock back where this run holds it. Missing is fine. */
export function releaseLock({ path, run }: Record<string, unknown>): string | null {
  if (typeof path !== "string" || !/\/leakwatch-profile-\d+-\d+\.lock$/.test(path)) {
    return `refused to remove ${String(path)}`;
  }
  removeFile(`${path}.${run}`);
  if (readHolder(path)?.run === run) removeFile(path);
  return null;
}

function readHolder(path: string): Holder | null {
  try {
    // A symbolic link would be somebody else's.
    const info = Deno.lstatSync(path);
    if (!info.isFile || info.size > 4096) return null;
    const holder = JSON.parse(Deno.readTextFileSync(path)) as Holder;
    return Array.isArray(holder.processes) ? holder : null;
  } catch {
    return null;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
