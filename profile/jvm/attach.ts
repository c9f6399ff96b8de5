/**
 * HotSpot's attach mechanism, spoken without a JDK: what `jcmd PID COMMAND` does, into containers too.
 * Source: OpenJDK, src/hotspot/os/linux/attachListener_linux.cpp and src/jdk.attach/linux/classes/sun/tools/attach/.
 *
 * A HotSpot JVM opens the socket /tmp/.java_pidN once it gets SIGQUIT while the file /tmp/.attach_pidN of its own user
 * exists; N is its pid in its own pid namespace. Without that file SIGQUIT prints a thread dump; where nobody catches
 * SIGQUIT it kills. The socket stays until the JVM ends, as after any jcmd.
 */

import { readBounded } from "../bounded_read.ts";
import { ProfileError } from "../errors.ts";
import { isCaught } from "../guards/signals.ts";
import { assertSame, type Target } from "../target.ts";
import { TargetDirectory } from "../target_directory.ts";

/** A JVM looks for the file at its next safepoint, within milliseconds; a machine short of processor takes longer. */
const SOCKET_WAIT_SECONDS = 10;
/** A histogram of 20,000 classes has 2 MB; a full collection of a large heap takes seconds. */
const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;
const ANSWER_LIMIT_SECONDS = 60;
/** A status line is a number. */
const STATUS_LIMIT_BYTES = 32;

/** Why a process cannot be asked, from its maps, cmdline and status; null where it can. Pure. */
export function attachRefusal(maps: string, cmdline: string, status: string): string | null {
  if (!/\/libjvm\.so( \(deleted\))?$/m.test(maps)) return "no libjvm.so is mapped: not a HotSpot JVM";
  if (/\/libj9vm\d*\.so/m.test(maps)) return "an OpenJ9 JVM, where SIGQUIT writes a dump";
  if (cmdline.split("\0").includes("-XX:+DisableAttachMechanism")) {
    return "started with -XX:+DisableAttachMechanism";
  }
  if (!isCaught(status, "SIGQUIT")) return "SIGQUIT is not caught (-Xrs?), it would kill the JVM";
  return null;
}

/** The request of one diagnostic command: version, "jcmd", the command and two empty arguments, each ended by a NUL. */
export function attachRequest(command: string): Uint8Array {
  if (command.includes("\0")) throw new Error("A diagnostic command holds no NUL");
  return new TextEncoder().encode(["1", "jcmd", command, "", ""].map((word) => `${word}\0`).join(""));
}

/** An answer is a status line (0 is success) and text. Throws ProfileError where it is not, or says failure. Pure. */
export function parseAttachAnswer(answer: Uint8Array): string {
  const end = answer.subarray(0, STATUS_LIMIT_BYTES).indexOf(0x0a);
  const status = new TextDecoder().decode(answer.subarray(0, Math.max(end, 0)));
  if (!/^-?\d+$/.test(status)) throw new ProfileError("the JVM's answer is not that of the attach mechanism");
  const text = new TextDecoder().decode(answer.subarray(end + 1));
  if (status !== "0") {
    throw new ProfileError(`the JVM refused the command: ${text.split("\n")[0] || `status ${status}`}`);
  }
  return text;
}

/** The same of a live process. Only reads. */
export function readAttachRefusal({ pid, proc }: Pick<Target, "pid" | "proc">): string | null {
  const read = (name: string) => Deno.readTextFileSync(`${proc}/${pid}/${name}`);
  try {
    const refusal = attachRefusal(read("maps"), read("cmdline"), read("status"));
    if (refusal !== null) return refusal;
    new TargetDirectory({ pid, proc }, "/tmp").close();
    return null;
  } catch (error) {
    if (error instanceof ProfileError) return error.message;
    return "may not be read; run leakwatch as root or as its user";
  }
}

/** Runs one diagnostic command (`jcmd PID help` lists them) and gives its text. Throws ProfileError. */
export async function runDiagnosticCommand(
  target: Target,
  command: string,
  limit_seconds = ANSWER_LIMIT_SECONDS,
): Promise<string> {
  assertSame(target);
  const refusal = readAttachRefusal(target);
  if (refusal !== null) throw new ProfileError(`cannot attach to process ${target.pid}: ${refusal}`);
  using tmp = new TargetDirectory(target, "/tmp");
  const socket = `.java_pid${target.ns_pid}`;
  if (tmp.info(socket) === null) await openSocket(target, tmp, socket);
  assertSame(target);
  using connection = await connect(tmp, socket, target.uid);
  await writeAll(connection, attachRequest(command));
  return parseAttachAnswer(
    await readBounded(connection.readable, {
      who: `JVM ${target.pid}`,
      limit_bytes: ANSWER_LIMIT_BYTES,
      limit_seconds,
    }),
  );
}

/** Asks the JVM to open its socket. The file that asks is removed in every end. */
async function openSocket(target: Target, tmp: TargetDirectory, socket: string): Promise<void> {
  const request = `.attach_pid${target.ns_pid}`;
  // One that was left behind by somebody who was killed: a jcmd would reuse it, and remove it.
  const stale = tmp.info(request);
  if (stale?.isFile && stale.uid === target.uid) tmp.remove(request);
  tmp.create(request, "", target, 0o600);
  try {
    assertSame(target);
    Deno.kill(target.pid, "SIGQUIT");
    const deadline = performance.now() + SOCKET_WAIT_SECONDS * 1000;
    while (tmp.info(socket) === null) {
      if (performance.now() > deadline) {
        throw new ProfileError(
          `JVM ${target.pid} did not open its attach socket in ${SOCKET_WAIT_SECONDS} s; its user must be able to ` +
            "write to its /tmp, which not every container image allows",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    tmp.remove(request);
  }
}

async function connect(tmp: TargetDirectory, socket: string, uid: number): Promise<Deno.UnixConn> {
  try {
    return await tmp.connect(socket, uid);
  } catch (error) {
    if (error instanceof ProfileError) throw error;
    throw new ProfileError(
      `nobody listens on ${tmp.path}/${socket}: a JVM that ended left it there; remove it and try again`,
    );
  }
}

async function writeAll(connection: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  } catch {
    throw new ProfileError("the JVM closed its attach socket before it was asked");
  }
}
