import type { Interpreter } from "../inject/interpreter.ts";
import { asciiJson } from "../json.ts";
import answer from "./answer.rb" with { type: "text" };
import countTypes from "./count_types.rb" with { type: "text" };
import traceRead from "./trace_read.rb" with { type: "text" };
import traceStart from "./trace_start.rb" with { type: "text" };
import traceStop from "./trace_stop.rb" with { type: "text" };

/**
 * Ruby runs postponed jobs when it next checks for interrupts, with its lock held and where allocation is safe; registering
 * one is fit for a signal handler (Ruby, include/ruby/debug.h, rb_postponed_job_register_one; deprecated since 3.3).
 */
export const RUBY: Interpreter = {
  name: "Ruby",
  extension: "rb",
  queue: { type: "int(*)(unsigned,void*,void*)", symbol: "rb_postponed_job_register_one" },
  queue_arguments: "0, $run, (void*)$page",
  queued: 1,
  run: "rb_eval_string",
  loader: (file) =>
    `begin; eval(File.read('${file}'), Object.new.instance_eval { binding }, '${file}'); rescue Exception; end\n`,
  // A JSON object of strings and numbers is also a Ruby hash with symbols as keys.
  script: (code, setup) =>
    `${code}\n${answer}leakwatch_setup = ${asciiJson(setup)}\n` +
    "leakwatch_in_thread ? Thread.new { leakwatch_answer.(leakwatch_setup) } : leakwatch_answer.(leakwatch_setup)\n",
  count_types: countTypes,
  trace: { start: traceStart, read: traceRead, stop: traceStop },
  isLibraryType: isRubyLibraryType,
  left_behind: {
    always: ["one 4 KiB page in the target"],
    after_trace: ["the library objspace, idle"],
  },
};

const LIBRARY = new Set(
  ("Array Hash String Symbol Integer Float Rational Complex Range Regexp MatchData Proc Method UnboundMethod Binding Thread " +
    "Fiber Enumerator Set Struct Time File IO Dir Object BasicObject Class Module Mutex Thread::Mutex Monitor Exception " +
    "Gem RubyVM Ractor ObjectSpace Random Encoding Process WeakRef").split(" "),
);

/** Classes of the interpreter and its standard library, which every growing program has more objects of. */
function isRubyLibraryType(name: string): boolean {
  return LIBRARY.has(name) || LIBRARY.has(name.split("::")[0]!);
}
