/** The ways to start leakwatch that command tests go through: from its sources, and the built file that CI names. */

import { fileURLToPath } from "node:url";

export interface Program {
  /** For the test's name. */
  name: "sources" | "binary";
  /** The words before leakwatch's own arguments. */
  command: readonly string[];
}

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * The sources, and the binary where LEAKWATCH_BINARY names one. With LEAKWATCH_PROGRAMS=binary only the latter, as in CI, where
 * another run has been through the sources.
 */
export function programs(): Program[] {
  const binary = Deno.env.get("LEAKWATCH_BINARY");
  const all: Program[] = [
    { name: "sources", command: [Deno.execPath(), "run", "--quiet", "--allow-all", MAIN] },
    ...(binary ? [{ name: "binary" as const, command: [binary] }] : []),
  ];
  return all.filter(({ name }) => name === "binary" || Deno.env.get("LEAKWATCH_PROGRAMS") !== "binary");
}

/** One task for each program, all at the same time: what takes a minute of watching takes it once. */
export function sideBySide<T>(
  task: (program: Program) => Promise<T>,
): Promise<{ program: Program; result: T }[]> {
  return Promise.all(programs().map(async (program) => ({ program, result: await task(program) })));
}
