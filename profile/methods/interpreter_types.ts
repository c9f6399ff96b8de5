/** Live objects by type, counted twice inside an interpreter through gdb: which type grows. */

import { measureGrowth, waitWindow } from "../growth.ts";
import type { Interpreter } from "../inject/interpreter.ts";
import { codeCommands, codeOffer } from "../inject/offer.ts";
import { type CodePage, noPage, runCode } from "../inject/run_code.ts";
import { parseTypeCounts, type TypeCounts } from "../inject/types.ts";
import type { Method, RunOptions } from "../method.ts";
import { pythonRefusal } from "../python/version.ts";
import { PYTHON } from "../python/interpreter.ts";
import { RUBY } from "../ruby/interpreter.ts";
import { rubyRefusal } from "../ruby/version.ts";
import { makeResult } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { rankTypeGrowth, sitesOfGrowth } from "../type_growth.ts";

/** Types told of, most instances first: a program has some thousands. */
const TYPES = 2000;
/** Instances of a type that are measured. */
const SAMPLES = 50;
/** Types whose holders are followed: each asks the collector for referrers up to 24 times, some ms for 100,000 objects. */
const HOLDERS = 3;

export const pythonTypes: Method = {
  name: "python-types",
  title: "which type has more objects than before, and what holds them",
  rank: 10,
  appliesTo: ({ runtime }) => runtime === "python",
  describe: (target) =>
    codeOffer(target, "CPython 3.7 or newer", pythonRefusal(target), {
      consent: 1,
      cost: {
        pause: "0.2 s twice for gdb, and 0.2 s for 300,000 objects",
        slowdown: "none",
        left_behind: PYTHON.left_behind.always.join("; "),
      },
      undo: "removes the script; if it is gone, the main thread runs nothing",
      commands: [
        ...codeCommands(target, PYTHON, "count_types"),
        "wait",
        ...codeCommands(target, PYTHON, "count_types"),
      ],
    }),
  run: (target, options) =>
    profileTypes("python-types", PYTHON, target, options, [
      `bytes are estimated from ${SAMPLES} objects of each type; objects that the collector does not track ` +
      "(strings, bytes, arrays of C extensions) are seen only inside those that it does",
    ]),
};

export const rubyTypes: Method = {
  name: "ruby-types",
  title: "which class has more objects than before",
  rank: 10,
  appliesTo: ({ runtime }) => runtime === "ruby",
  describe: (target) =>
    codeOffer(target, "Ruby 3.0 to 3.2", rubyRefusal(target), {
      consent: 1,
      cost: {
        pause: "0.2 s twice for gdb, a full collection, and 0.2 s for 300,000 objects",
        slowdown: "none",
        left_behind: RUBY.left_behind.always.join("; "),
      },
      undo: "removes the script; if it is gone, Ruby runs nothing",
      commands: [
        ...codeCommands(target, RUBY, "count_types"),
        "wait",
        ...codeCommands(target, RUBY, "count_types"),
      ],
    }),
  run: (target, options) =>
    profileTypes("ruby-types", RUBY, target, options, [
      `bytes are estimated from ${SAMPLES} objects of each class`,
    ]),
};

async function profileTypes(
  method: string,
  interpreter: Interpreter,
  target: Target,
  options: RunOptions,
  warnings: string[],
) {
  const page = noPage();
  options.progress("counting objects");
  const before = await count(interpreter, target, page, options);
  const growth = measureGrowth(target);
  await waitWindow(options.seconds, options.signal);
  const { growth_bytes: rss_growth, seconds } = growth();
  options.progress("counting objects again");
  const after = await count(interpreter, target, page, options, before);
  assertSame(target);
  const isHeap = before.heap_bytes !== null && after.heap_bytes !== null;
  const growth_bytes = isHeap ? after.heap_bytes! - before.heap_bytes! : rss_growth;
  const types = rankTypeGrowth(before.types, after.types, interpreter.isLibraryType);
  const sites = sitesOfGrowth(types).map((site, at) => {
    const chain = after.holders.get(types[at]!.type) ?? [];
    return { ...site, held_by: chain.length > 0 ? chain.join(" <- ") : null };
  });
  return [makeResult(method, target, {
    seconds,
    growth_bytes,
    growth_source: isHeap ? "heap" : "rss",
    meaning: "instance-growth",
    sites,
    cost: {
      pause_ms: Math.max(before.milliseconds, after.milliseconds, page.longest_stop_ms),
      slowdown: null,
      left_behind: interpreter.left_behind.always,
    },
    warnings,
  })];
}

/** `before`: the first count, so that who holds what grew since is followed. */
async function count(
  interpreter: Interpreter,
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
  const code = interpreter.count_types;
  return parseTypeCounts(await runCode({ target, interpreter, code, setup, page, undo }));
}
