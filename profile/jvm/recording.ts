/** A Flight Recorder recording of OldObjectSample alone, in the target: started, dumped, stopped, and its traces removed. */

import { ProfileError } from "../errors.ts";
import { isSame, readTarget, type Target } from "../target.ts";
import { TargetDirectory } from "../target_directory.ts";
import { removeTargetFiles } from "../undo/remove_target_files.ts";
import { runDiagnosticCommand } from "./attach.ts";

/** Flight Recorder starts by loading its classes: two seconds on a busy machine. */
const COMMAND_SECONDS = 60;
/** 256 samples with their chains are 100 KB to 400 KB. */
const MAX_RECORDING_BYTES = 64 * 1024 * 1024;
/** `settings=none` with single events. */
const MIN_JAVA = 17;

export function startCommand(name: string): string {
  return `JFR.start name=${name} settings=none +jdk.OldObjectSample#enabled=true ` +
    "+jdk.OldObjectSample#stackTrace=true path-to-gc-roots=true disk=false";
}

export function dumpCommand(name: string): string {
  return `JFR.dump name=${name} filename=/tmp/${name}.jfr path-to-gc-roots=true`;
}

export function stopCommand(name: string): string {
  return `JFR.stop name=${name}`;
}

/** Undoes all of a recording, whether it began or not. */
export function recordingUndo({ pid, start_ticks, proc, same_mnt }: Target, name: string) {
  return { kind: "jvm-recording" as const, pid, start_ticks, proc, same_mnt, name };
}

/** Starts to record. Register `recordingUndo` first. Throws ProfileError. */
export async function startRecording(target: Target, name: string): Promise<void> {
  const version = Number(/^JDK (\d+)/m.exec(await runDiagnosticCommand(target, "VM.version"))?.[1]);
  if (!(version >= MIN_JAVA)) {
    throw new ProfileError(`needs Java ${MIN_JAVA} or newer, this JVM is ${version}`);
  }
  const answer = await runDiagnosticCommand(target, startCommand(name), COMMAND_SECONDS);
  if (!/^Started recording/m.test(answer)) {
    throw new ProfileError(`the JVM did not start a recording: ${answer.trim().split("\n")[0]}`);
  }
}

/** Bytes of the recording with the chains of references. Throws ProfileError. */
export async function dumpRecording(target: Target, name: string): Promise<Uint8Array> {
  const answer = await runDiagnosticCommand(target, dumpCommand(name), COMMAND_SECONDS);
  using tmp = new TargetDirectory(target, "/tmp");
  const bytes = tmp.read(`${name}.jfr`, target.uid, MAX_RECORDING_BYTES);
  if (bytes === null) {
    throw new ProfileError(`the JVM wrote no recording: ${answer.trim().split("\n")[0]}`);
  }
  return bytes;
}

/**
 * { pid, start_ticks, proc, same_mnt, name }: stops the recording and removes its file and, where it is empty, the directory
 * that Flight Recorder made in /tmp; it makes a new one when it needs one.
 */
export async function undoRecording(step: Record<string, unknown>): Promise<string | null> {
  const { pid, start_ticks, proc, name } = step as {
    pid: number;
    start_ticks: number;
    proc: string;
    name: string;
  };
  if (!/^leakwatch-profile-[\w-]+$/.test(name)) return `refused to remove ${name}`;
  const files = { ...step, files: [`${name}.jfr`] };
  if (!isSame({ pid, start_ticks, proc })) return removeTargetFiles(files);
  const target = readTarget(pid, proc);
  let left: string | null = null;
  try {
    await runDiagnosticCommand(target, stopCommand(name), COMMAND_SECONDS);
  } catch (error) {
    // "Could not find": it never began, or ended with the JVM.
    const message = error instanceof Error ? error.message : String(error);
    if (!/could not find/i.test(message)) left = `recording ${name} in JVM ${pid}: ${message}`;
  }
  removeTargetFiles(files);
  using tmp = new TargetDirectory(target, "/tmp");
  for (const entry of tmp.names()) {
    if (REPOSITORY.exec(entry)?.[1] === String(target.ns_pid)) tmp.removeEmptyDirectory(entry);
  }
  return left;
}

/** "2026_11_21_14_56_48_27811": start and pid. */
const REPOSITORY = /^\d{4}(?:_\d\d){5}_(\d+)$/;
