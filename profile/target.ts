/** The process that is profiled: who it is, read once, and checked again before every deed. */

import { detectRuntime } from "../collectors/process/runtime.ts";
import type { ProcessRuntime } from "../model/runtime.ts";
import { ProfileError } from "./errors.ts";

/** Inode of each namespace as `/proc/PID/ns/KIND` names it: `net:[4026531840]`; null where it may not be read. */
export interface Namespaces {
  net: string | null;
  mnt: string | null;
  pid: string | null;
  user: string | null;
}

export interface Target extends ProcessRuntime {
  pid: number;
  /** Field 22 of /proc/PID/stat; with the pid it names a process within one boot. */
  start_ticks: number;
  /** RFC 3339. */
  start_time: string;
  /** Effective, as signals and files of the runtime see it. */
  uid: number;
  gid: number;
  /** The pid inside the innermost pid namespace: what the process itself calls its pid. */
  ns_pid: number;
  /** comm. Hostile. */
  name: string;
  /** What /proc/PID/exe points at, inside the target's mount namespace; null where hidden. Hostile. */
  executable: string | null;
  namespaces: Namespaces;
  /** Whether the target shares these with leakwatch; where it cannot be read: false. */
  same_net: boolean;
  same_mnt: boolean;
  same_pid: boolean;
  /** Where processes are read: /proc, or a recorded tree. */
  proc: string;
}

/** Reads the identity of a process. Throws ProfileError: no such process, a thread, a kernel thread, a zombie, hidden. */
export function readTarget(pid: number, proc = "/proc"): Target {
  const status = readStatus(pid, proc);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
  const thread_group = Number(field("Tgid"));
  if (thread_group !== pid) {
    throw new ProfileError(`${pid} is a thread of process ${thread_group}; profile that one`);
  }
  if (field("State").startsWith("Z")) throw new ProfileError(`process ${pid} has ended (a zombie)`);
  if (field("VmRSS") === "") {
    throw new ProfileError(`process ${pid} has no memory of its own (a kernel thread)`);
  }
  const namespaces = readNamespaces(`${proc}/${pid}`);
  const own = readNamespaces(`${proc}/self`);
  const start_ticks = readStartTicks(pid, proc);
  const same = (kind: keyof Namespaces) => namespaces[kind] !== null && namespaces[kind] === own[kind];
  return {
    pid,
    start_ticks,
    start_time: startTime(start_ticks, proc),
    uid: Number(field("Uid").split(/\s+/)[1]),
    gid: Number(field("Gid").split(/\s+/)[1]),
    // Without pid namespaces in the kernel there is no such line.
    ns_pid: Number(field("NSpid").split(/\s+/).at(-1) || pid),
    name: readOrNull(() => Deno.readTextFileSync(`${proc}/${pid}/comm`))?.replace(/\n$/, "") ?? String(pid),
    executable: readOrNull(() => Deno.readLinkSync(`${proc}/${pid}/exe`)),
    namespaces,
    same_net: same("net"),
    same_mnt: same("mnt"),
    same_pid: same("pid"),
    proc,
    ...detectRuntime(pid, proc),
  };
}

/** Throws ProfileError unless the pid still names the same process, alive. Call it before and after every deed. */
export function assertSame(target: Target): void {
  let now: number;
  try {
    now = readStartTicks(target.pid, target.proc);
  } catch {
    throw new ProfileError(`process ${target.pid} has ended`);
  }
  if (now !== target.start_ticks) {
    throw new ProfileError(`pid ${target.pid} is another process now; the one to profile has ended`);
  }
}

/** The same as a question. */
export function isSame(target: Pick<Target, "pid" | "start_ticks" | "proc">): boolean {
  try {
    return readStartTicks(target.pid, target.proc) === target.start_ticks;
  } catch {
    return false;
  }
}

/** Field 22 of stat, behind the last parenthesis of the name. Throws where the process is gone or dead. */
export function readStartTicks(pid: number, proc = "/proc"): number {
  const stat = Deno.readTextFileSync(`${proc}/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") throw new ProfileError(`process ${pid} has ended`);
  const ticks = Number(fields[19]);
  if (!Number.isFinite(ticks)) throw new ProfileError(`cannot read the start time of process ${pid}`);
  return ticks;
}

function readStatus(pid: number, proc: string): string {
  try {
    return Deno.readTextFileSync(`${proc}/${pid}/status`);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new ProfileError(`may not read process ${pid}; run leakwatch as root or as its user`);
    }
    throw new ProfileError(`there is no process ${pid}; leakwatch analyze lists those that grow`);
  }
}

function readNamespaces(directory: string): Namespaces {
  const read = (kind: string) => readOrNull(() => Deno.readLinkSync(`${directory}/ns/${kind}`));
  return { net: read("net"), mnt: read("mnt"), pid: read("pid"), user: read("user") };
}

/** USER_HZ is 100 on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

function startTime(ticks: number, proc: string): string {
  const boot = /^btime (\d+)$/m.exec(readOrNull(() => Deno.readTextFileSync(`${proc}/stat`)) ?? "")?.[1];
  return new Date((Number(boot ?? 0) + ticks / TICKS_PER_SECOND) * 1000).toISOString();
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
