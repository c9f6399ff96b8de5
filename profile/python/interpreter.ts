import type { Interpreter } from "../inject/interpreter.ts";
import { asciiJson } from "../json.ts";
import answer from "./answer.py" with { type: "text" };
import countTypes from "./count_types.py" with { type: "text" };
import traceRead from "./trace_read.py" with { type: "text" };
import traceStart from "./trace_start.py" with { type: "text" };
import traceStop from "./trace_stop.py" with { type: "text" };

/**
 * CPython runs pending calls between two bytecodes of its main thread
 * (https://docs.python.org/3/c-api/init.html#c.Py_AddPendingCall). Queueing allocates nothing and needs no interpreter lock.
 */
export const PYTHON: Interpreter = {
  name: "Python",
  extension: "py",
  queue: { type: "int(*)(void*,void*)", symbol: "Py_AddPendingCall" },
  queue_arguments: "$run, (void*)$page",
  queued: 0,
  run: "PyRun_SimpleString",
  loader: (file) =>
    `try: exec(compile(open('${file}').read(), '${file}', 'exec'), {})\nexcept Exception: pass\n`,
  // A JSON text of ASCII strings and numbers is also a Python literal.
  script: (code, setup) => `${code}\n\n${answer}_leakwatch_answer(${asciiJson(setup)})\n`,
  count_types: countTypes,
  trace: { start: traceStart, read: traceRead, stop: traceStop },
  isLibraryType: isPythonLibraryType,
  left_behind: {
    always: ["one 4 KiB page in the target", "the modules gc and json, imported"],
    after_trace: ["the module tracemalloc, stopped"],
  },
};

const LIBRARY = new Set(
  ("builtins collections types weakref _weakref functools itertools _thread threading re _io io typing abc _abc enum " +
    "datetime decimal _asyncio asyncio contextvars importlib _frozen_importlib _frozen_importlib_external")
    .split(" "),
);

/** Types of the interpreter and of its standard containers, which every growing program has more of. */
function isPythonLibraryType(name: string): boolean {
  return LIBRARY.has(name.split(".")[0]!);
}
