/** Node.js and Deno: V8's old space. */

import {
  type DeclaringProcess,
  GIB,
  inEnvironment,
  limitOf,
  MIB,
  onCommandLine,
} from "./declaring_process.ts";
import type { ProgramLimits, Setting } from "./declaring_process.ts";
import { optionValue, splitWords } from "./options.ts";
import { parseProgramSize } from "./size.ts";

/** https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib; V8 takes dashes and underscores. */
const OPTIONS = ["--max-old-space-size", "--max_old_space_size"];

const OLD_SPACE = {
  name: "--max-old-space-size",
  what: "heap",
  /** Young generation, code, and pages that are not full. Buffers and native memory lie outside of the cap. */
  overhead_ratio: 0.1,
  overhead_bytes: 200 * MIB,
  fills_up: false,
  shape: "cap on V8's old space; the process aborts when live objects reach it",
} as const;

/** V8 caps itself at half of memory, at 2 GiB, and at 4 GiB from 15 GiB on (src/heap/heap.cc, MaxOldGenerationSize…). */
function defaultOldSpace(memory: number): number {
  return Math.floor(Math.min(memory / 2, memory / GIB >= 15 ? 4 * GIB : 2 * GIB));
}

const parse = (text: string) => parseProgramSize(text, {}, MIB);

function readNode({ argv, environment, memory_bytes }: DeclaringProcess) {
  const inOptions = optionValue(["", ...splitWords(environment.get("NODE_OPTIONS") ?? "")], OPTIONS);
  const setting = onCommandLine(optionValue(ownOptions(argv), OPTIONS)) ??
    inEnvironment(inOptions ?? undefined);
  return limitOf(setting, parse, OLD_SPACE, defaultOldSpace(memory_bytes));
}

/** https://docs.deno.com/runtime/getting_started/command_line_interface: --v8-flags=--max-old-space-size=N,…. */
function readDeno({ argv, environment, memory_bytes }: DeclaringProcess) {
  const oldSpace = (flags: string | null | undefined): string | null =>
    optionValue(["", ...(flags ?? "").split(/[\s,]+/)], OPTIONS);
  const setting: Setting | null = onCommandLine(oldSpace(optionValue(argv, ["--v8-flags"]))) ??
    inEnvironment(oldSpace(environment.get("DENO_V8_FLAGS")) ?? undefined);
  return limitOf(setting, parse, OLD_SPACE, defaultOldSpace(memory_bytes));
}

/** Options before the script: what stands behind it is the script's own. */
function ownOptions(argv: string[]): string[] {
  const script = argv.findIndex((argument, at) =>
    at > 0 && !argument.startsWith("-") &&
    !/^(-r|--require|--import|--loader|-C|--conditions|-e|-p)$/.test(argv[at - 1]!) &&
    !OPTIONS.includes(argv[at - 1]!)
  );
  return script < 0 ? argv : argv.slice(0, script);
}

export const JAVASCRIPT: ProgramLimits[] = [
  { program: /^(node|nodejs)(-?\d+)?$/, read: readNode },
  { program: /^(deno|denort)$/, read: readDeno },
];
