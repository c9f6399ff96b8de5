/** Runs `leakwatch profile` as a process, and looks for what it left. */

import assert from "node:assert/strict";
import type { Profile } from "../../../profile/profile.ts";
import type { ProfileResult } from "../../../profile/result.ts";
import { programs } from "../../programs.ts";
import type { LeakingProgram } from "./leaking_program.ts";

/** The built binary where there is one, else the sources. */
export const LEAKWATCH = programs().at(-1)!.command;

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts a command of leakwatch. */
export function startLeakwatch(...args: string[]): Deno.ChildProcess {
  const [program, ...before] = LEAKWATCH;
  return new Deno.Command(program!, {
    args: [...before, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

export async function leakwatch(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await startLeakwatch("profile", ...args).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** The result of one method. Throws where it has none. */
export async function profileWith(method: string, pid: number, ...args: string[]): Promise<ProfileResult> {
  const { code, stdout, stderr } = await leakwatch(
    String(pid),
    "--method",
    method,
    "--yes",
    "--yes",
    "--format",
    "json",
    ...args,
  );
  assert.equal(code, 0, stderr);
  const { results, errors } = JSON.parse(stdout) as Profile;
  const result = results.find((one) => one.method === method);
  assert.ok(result, JSON.stringify(errors));
  return result;
}

/** Why one method told nothing, in the words of its one line; other methods may have told something. */
export async function refusalOf(method: string, pid: number, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await leakwatch(
    String(pid),
    "--method",
    method,
    "--yes",
    "--yes",
    "--format",
    "json",
    ...args,
  );
  if (code !== 0) {
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    return stderr;
  }
  const { results, errors } = JSON.parse(stdout) as Profile;
  assert.ok(results.every((one) => one.method !== method), `${method} has a result`);
  return errors.map(({ message }) => message).join("\n");
}

/** Throws where a profile of the program left a lock here, or a file of ours in its /tmp. */
export function assertNothingLeft({ pid }: Pick<LeakingProgram, "pid">): void {
  const names = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const own = /^NSpid:.*?(\d+)$/m.exec(status)![1];
  const ours = new RegExp(`^leakwatch-profile-|^\\.attach_pid${own}$|^\\d{4}(_\\d\\d){5}_${own}$`);
  assert.deepEqual(names(`/proc/${pid}/root/tmp`).filter((name) => ours.test(name)), []);
  assertUnlocked(pid);
}

/** Throws where a lock on the program is left: all that profiles which put nothing into its /tmp could leave there. */
export function assertUnlocked(pid: number): void {
  const locks = [...Deno.readDirSync("/run")].map(({ name }) => name);
  assert.deepEqual(locks.filter((name) => name.startsWith(`leakwatch-profile-${pid}-`)), []);
}
