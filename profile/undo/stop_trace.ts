import { stopTrace } from "../inject/trace.ts";
import { PYTHON } from "../python/interpreter.ts";
import { RUBY } from "../ruby/interpreter.ts";

/** { pid, start_ticks, proc, interpreter, run }: stops tracing allocations where that run of leakwatch began it. */
export async function undoTrace(step: Record<string, unknown>): Promise<string | null> {
  const { interpreter, ...rest } = step as {
    pid: number;
    start_ticks: number;
    proc: string;
    interpreter: string;
    run: string;
  };
  const found = [PYTHON, RUBY].find(({ name }) => name === interpreter);
  return found === undefined ? `no interpreter ${interpreter}` : await stopTrace(found, rest);
}
