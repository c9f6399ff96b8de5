import { readTracer } from "../guards/tracer.ts";
import { type MethodOffer, unavailable } from "../method.ts";
import { findTool } from "../find_tool.ts";
import type { Target } from "../target.ts";
import { gdbArguments } from "./gdb.ts";
import type { Interpreter } from "./interpreter.ts";

/** An offer of a method that runs code in an interpreter. Reads only. */
export function codeOffer(
  target: Target,
  needed: string,
  refusal: string | null,
  offer: Pick<MethodOffer, "consent" | "cost" | "undo" | "commands">,
): MethodOffer {
  const needs = ["gdb", "root (or the same user, where ptrace is allowed)", needed];
  const full: MethodOffer = { available: true, reason: null, needs, ...offer };
  if (refusal !== null) return unavailable(full, refusal);
  if (findTool("gdb") === null) return unavailable(full, "needs gdb (package gdb)");
  if (Deno.uid() !== 0 && Deno.uid() !== target.uid) {
    return unavailable(full, "may not be traced; run leakwatch as root or as its user");
  }
  const tracer = readTracer(target);
  return tracer ? unavailable(full, `it is being traced by process ${tracer}; stop that first`) : full;
}

/** What one run of code does, for --dry-run. */
export function codeCommands(target: Target, { extension, queue, run }: Interpreter, what: string): string[] {
  const { pid, same_mnt } = target;
  const file = `${same_mnt ? "" : `/proc/${pid}/root`}/tmp/leakwatch-profile-…`;
  return [
    `write ${file}.${extension} (${what}, mode 0644) and an empty ${file}.json`,
    `gdb ${gdbArguments(pid).join(" ")} (call ${queue.symbol} with ${run})`,
    `read ${file}.json, remove both`,
  ];
}
