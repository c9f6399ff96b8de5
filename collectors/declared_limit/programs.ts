/**
 * Limits that programs declare for themselves, by their arguments, their environment, and the configuration files they name.
 * To add a program, add a row: the pattern of its executable's name, and what reads its settings, with the page of its
 * documentation. nginx, Apache and PgBouncer declare no cap on memory, hence they have none.
 */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { CACHES } from "./caches.ts";
import type { DeclaringProcess, ProgramLimits } from "./declaring_process.ts";
import { JAVA } from "./java.ts";
import { JAVASCRIPT } from "./javascript.ts";
import { readGo, RUNTIMES } from "./runtimes.ts";
import { SQL_DATABASES } from "./sql_databases.ts";
import { STORES } from "./stores.ts";

export const PROGRAMS: readonly ProgramLimits[] = [
  ...JAVA,
  ...JAVASCRIPT,
  ...CACHES,
  ...SQL_DATABASES,
  ...STORES,
  ...RUNTIMES,
];

/** What a process declares. Pure but for the two functions it is given; never throws on what it reads. */
export function declaredLimits(process: DeclaringProcess): DeclaredLimit[] {
  const row = PROGRAMS.find(({ program }) => program.test(process.program));
  const declared = row?.read(process) ?? [];
  // Children that are not Go inherit the variable; where the runtime is not known, programs of the table are none.
  const isGo = process.runtime === "go" || (process.runtime === null && row === undefined);
  return isGo ? [...readGo(process), ...declared] : declared;
}
