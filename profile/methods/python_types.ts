/** Live objects by type, counted twice inside the target through gdb: which type grows. */

import { measureGrowth, waitWindow } from "../growth.ts";
import { readTracer } from "../guards/tracer.ts";
import { type Method, type MethodOffer, type RunOptions, unavailable } from "../method.ts";
import { type CodePage, gdbArguments, runPython } from "../python/inject.ts";
import { isPythonLibraryType, parseTypeCounts, type TypeCounts } from "../python/types.ts";
import countTypes from "../python/count_types.py" with { type: "text" };
import { coverageOf } from "../result.ts";
import { findTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { rankTypeGrowth, sitesOfGrowth } from "../type_growth.ts";

/** Types told of, most instances first: a program has some thousands. */
const TYPES = 2000;
/** Instances of a type that are measured. */
const SAMPLES = 50;
/** Types whose holders are followed: each asks the collector for referrers up to 24 times, some ms for 100,000 objects. */
const HOLDERS = 3;

export const LEFT_BEHIND = ["one 4 KiB page in the target", "the modules gc and json, imported"];

export const pythonTypes: Method = {
  name: "python-types",
  title: "which type has more objects than before, and who holds them",
  rank: 10,
  appliesTo: ({ runtime }) => runtime === "python",
  describe: (target) =>
    pythonOffer(target, {
      consent: 1,
      cost: {
        pause: "0.2 s twice for gdb, and 0.2 s for 300,000 objects",
        slowdown: "none",
        left_behind: LEFT_BEHIND.join("; "),
      },
      undo: "removes the script; the main thread runs nothing where it is gone",
      commands: [...injectCommands(target, "count_types"), "wait", ...injectCommands(target, "count_types")],
    }),
  async run(target, options) {
    const page: CodePage = { address: null };
    options.progress("counting objects");
    const before = await count(target, page, options);
    const growth = measureGrowth(target);
    await waitWindow(options.seconds, options.signal);
    const { growth_bytes, seconds } = growth();
    options.progress("counting objects again");
    const after = await count(target, page, options, before);
    assertSame(target);
    const types = rankTypeGrowth(before.types, after.types, isPythonLibraryType);
    const sites = sitesOfGrowth(types).map((site, at) => {
      const chain = after.holders.get(types[at]!.type) ?? [];
      return { ...site, held_by: chain.length > 0 ? chain.join(" <- ") : null };
    });
    return [{
      method: pythonTypes.name,
      pid: target.pid,
      start_time: target.start_time,
      seconds,
      part: null,
      growth_bytes,
      growth_source: "rss",
      meaning: "instance-growth",
      coverage: coverageOf(sites, growth_bytes),
      lost_events: 0,
      sites,
      cost: {
        pause_ms: Math.max(before.milliseconds, after.milliseconds),
        slowdown: null,
        left_behind: LEFT_BEHIND,
      },
      warnings: [
        `bytes are estimated from ${SAMPLES} objects of each type; objects that the collector does not track ` +
        "(strings, bytes, arrays of C extensions) are seen only inside those that it does",
      ],
    }];
  },
};

/** `before`: the first count, so that who holds what grew since is followed. */
async function count(
  target: Target,
  page: CodePage,
  { undo }: RunOptions,
  before?: TypeCounts,
): Promise<TypeCounts> {
  const counts = [...before?.types ?? []].map(([name, { count }]) => [name, count]);
  const setup = {
    types: TYPES,
    samples: SAMPLES,
    holders: HOLDERS,
    before: JSON.stringify(Object.fromEntries(counts)),
  };
  return parseTypeCounts(await runPython({ target, code: countTypes, setup, page, undo }));
}

/** An offer of a method that runs Python inside the target. */
export function pythonOffer(
  target: Target,
  offer: Pick<MethodOffer, "consent" | "cost" | "undo" | "commands">,
): MethodOffer {
  const needs = ["gdb", "root (or the same user, where ptrace is allowed)", "CPython 3.7 or newer"];
  const full: MethodOffer = { available: true, reason: null, needs, ...offer };
  if (findTool("gdb") === null) return unavailable(full, "needs gdb (package gdb)");
  if (Deno.uid() !== 0 && Deno.uid() !== target.uid) {
    return unavailable(full, "run leakwatch as root or as its user");
  }
  const tracer = readTracer(target);
  if (tracer) return unavailable(full, `it is being traced by process ${tracer}; end that first`);
  if (/\/pypy[\d.]*$/.test(target.executable ?? "")) {
    return unavailable(full, "PyPy has no queue of pending calls that a debugger can reach");
  }
  return full;
}

/** What one injection does, for --dry-run. */
export function injectCommands({ pid, same_mnt }: Target, what: string): string[] {
  const file = `${same_mnt ? "" : `/proc/${pid}/root`}/tmp/leakwatch-profile-….py`;
  return [
    `write ${file} (${what}, mode 0644)`,
    `gdb ${gdbArguments(pid).join(" ")} (call Py_AddPendingCall with PyRun_SimpleString)`,
    `read and remove ${file.replace(/py$/, "json")}, remove ${file}`,
  ];
}
