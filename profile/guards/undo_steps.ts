/**
 * The kinds of undo, each a small idempotent function of plain data: it runs in leakwatch itself or, after a SIGKILL, in the
 * watchdog, which knows nothing but the step. One line per kind; a method with a deed of its own adds its kind here.
 */

import { closeInspector } from "../undo/close_inspector.ts";
import { releaseLock } from "./lock.ts";
import { undoRecording } from "../jvm/recording.ts";
import { undoTrace } from "../undo/stop_trace.ts";
import { removeTargetFiles } from "../undo/remove_target_files.ts";
import { removeDirectory } from "../undo/remove_directory.ts";
import { removeProbeGroup } from "../undo/remove_probes.ts";

/** `kind` names the performer, the rest is its data (JSON). */
export type UndoStep = { kind: UndoKind } & Record<string, unknown>;

/** Returns what could not be undone, as one phrase; null where nothing is left behind. May throw. */
export type UndoPerformer = (step: Record<string, unknown>) => Promise<string | null> | string | null;

const PERFORMERS = {
  /** { path }: a directory that leakwatch made, with all that is in it. */
  "remove-directory": removeDirectory,
  /** { path, run }: the lock on the target. */
  "release-lock": releaseLock,
  /** { group }: the uprobes of one run. */
  "remove-probes": removeProbeGroup,
  /** { pid, start_ticks, proc, same_mnt, files }: files in the target's /tmp. */
  "target-files": removeTargetFiles,
  /** { pid, start_ticks, proc, same_mnt, name }: a Flight Recorder recording and its files. */
  "jvm-recording": undoRecording,
  /** { pid, start_ticks, proc, interpreter, run }: tracing of allocations inside an interpreter. */
  "interpreter-trace": undoTrace,
  /** { pid, start_ticks, proc }: an inspector opened by SIGUSR1. */
  "close-inspector": closeInspector,
} satisfies Record<string, UndoPerformer>;

export type UndoKind = keyof typeof PERFORMERS;

/** Performs a step; what it throws becomes a phrase. Never throws. */
export async function performUndo(step: UndoStep): Promise<string | null> {
  try {
    return await PERFORMERS[step.kind](step);
  } catch (error) {
    return `${step.kind}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}
