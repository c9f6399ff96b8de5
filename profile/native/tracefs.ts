/** Uprobes through tracefs (Documentation/trace/uprobetracer.rst): added for one run under its own group, and removed. */

import { ProfileError } from "../errors.ts";
import { runTool } from "../run_tool.ts";
import type { Allocator, CallKind } from "./allocator.ts";

const PLACES = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** Where tracefs is mounted; null where it is not, or not for us. */
export function findTracefs(): string | null {
  return PLACES.find((place) => {
    try {
      return Deno.statSync(`${place}/events`).isDirectory;
    } catch {
      return false;
    }
  }) ?? null;
}

/** The same, mounted by perf where it was not. Throws ProfileError. */
export async function requireTracefs(): Promise<{ path: string; was_mounted: boolean }> {
  const before = findTracefs();
  if (before !== null) return { path: before, was_mounted: true };
  await runTool("perf", ["probe", "-l"], { seconds: 20 });
  const after = findTracefs();
  if (after === null) {
    throw new ProfileError("tracefs is not mounted; mount -t tracefs tracefs /sys/kernel/tracing");
  }
  return { path: after, was_mounted: false };
}

/** Registers of the first three integer arguments (System V x86-64, AAPCS64). */
const ARGUMENTS: Record<string, readonly string[]> = {
  x86_64: ["%di", "%si", "%dx"],
  aarch64: ["%x0", "%x1", "%x2"],
};

/** Where the return address is at the entry of a function: the caller, where a library has no tables to unwind by (musl). */
const CALLER: Record<string, string> = { x86_64: "caller=+0(%sp):x64", aarch64: "caller=%x30:x64" };

/** What each kind of call tells at its entry, by position of its arguments. */
const FETCHED: Record<CallKind, readonly string[]> = {
  malloc: ["size=0:u64"],
  calloc: ["count=0:u64", "size=1:u64"],
  realloc: ["ptr=0:x64", "size=1:u64"],
  memalign: ["align=0:u64", "size=1:u64"],
  free: ["ptr=0:x64"],
};

export interface Probe {
  /** `malloc`, `malloc_ret`. */
  event: string;
  /** A line for uprobe_events. */
  definition: string;
}

/** The probes on an allocator: each function's entry, and the return of what allocates. Pure. */
export function probesFor(
  allocator: Allocator,
  group: string,
  architecture: string = Deno.build.arch,
): Probe[] {
  const registers = ARGUMENTS[architecture]!;
  return allocator.functions.flatMap(({ kind, offset }, at) => {
    const place = `${allocator.path}:0x${offset.toString(16)}`;
    const fetched = FETCHED[kind].map((field) =>
      field.replace(/=(\d):/, (_, index) => `=${registers[Number(index)]}:`)
    );
    // A number keeps several functions of one kind apart.
    const event = `${kind}_${at}`;
    if (kind === "free") return [{ event, definition: `p:${group}/${event} ${place} ${fetched.join(" ")}` }];
    const definition = `p:${group}/${event} ${place} ${fetched.join(" ")} ${CALLER[architecture]}`;
    return [{ event, definition }, {
      event: `${event}_ret`,
      definition: `r:${group}/${event}_ret ${place} ptr=$retval:x64`,
    }];
  });
}

/** Adds them one by one. Throws ProfileError; the caller has registered their removal. */
export function addProbes(tracefs: string, probes: readonly Probe[]): void {
  for (const { definition } of probes) {
    try {
      appendLine(tracefs, definition);
    } catch (error) {
      throw new ProfileError(
        `the kernel refused the probe ${definition.split(" ")[0]}: ${
          error instanceof Error ? error.message : error
        }`,
      );
    }
  }
}

/** Removes all probes of a group. Returns those that stay. Throws where tracefs cannot be read. */
export function removeProbes(tracefs: string, group: string): string[] {
  const names = () =>
    Deno.readTextFileSync(`${tracefs}/uprobe_events`).split("\n")
      .map((line) => line.split(/[: ]/)[1] ?? "").filter((name) => name.startsWith(`${group}/`));
  for (const name of names()) {
    try {
      appendLine(tracefs, `-:${name}`);
    } catch {
      // Still in use: the caller tries again.
    }
  }
  return names();
}

/** Appends, never truncates: opening this file with O_TRUNC removes everybody's probes. */
function appendLine(tracefs: string, line: string): void {
  using file = Deno.openSync(`${tracefs}/uprobe_events`, { write: true, append: true });
  file.writeSync(new TextEncoder().encode(`${line}\n`));
}
