/** Tests that need root or real parts are skipped by name, with the reason, where those are lacking. */

import process from "node:process";

export interface Needs {
  root?: boolean;
  /** Programs on the PATH. */
  programs?: readonly string[];
}

function has(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** What is lacking here, in words; null where nothing is. */
export function lacking({ root = false, programs = [] }: Needs): string | null {
  const missing = programs.filter((program) => !has(program));
  const reasons = [
    root && process.getuid?.() !== 0 ? "needs root" : "",
    missing.length > 0 ? `needs ${missing.join(", ")}` : "",
  ].filter(Boolean);
  return reasons.length > 0 ? reasons.join(" and ") : null;
}

/** Deno.test that is skipped where something is lacking; with LEAKWATCH_REQUIRE=all it runs, and fails, instead. */
export function testWith(
  needs: Needs,
  name: string,
  run: (context: Deno.TestContext) => void | Promise<void>,
): void {
  const reason = lacking(needs);
  const ignore = reason !== null && Deno.env.get("LEAKWATCH_REQUIRE") !== "all";
  Deno.test({
    name: ignore ? `${name} [skipped: ${reason}]` : name,
    ignore,
    fn: run,
    // Labs leave engines and guests to the next test.
    sanitizeOps: false,
    sanitizeResources: false,
  });
}
