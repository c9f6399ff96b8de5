/** Compares output with a file under test/golden; `deno task golden` (LEAKWATCH_GOLDEN=write) writes the files anew. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const GOLDEN = fileURLToPath(new URL("golden/", import.meta.url));

export function assertGolden(name: string, text: string): void {
  const path = GOLDEN + name;
  if (Deno.env.get("LEAKWATCH_GOLDEN") === "write") {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return;
  }
  let expected: string;
  try {
    expected = Deno.readTextFileSync(path);
  } catch {
    throw new Error(`test/golden/${name} is missing: write it with deno task golden, and read it`);
  }
  if (text === expected) return;
  const [is, should] = [text.split("\n"), expected.split("\n")];
  const line = should.findIndex((each, index) => each !== is[index]);
  const at = line < 0 ? should.length : line;
  assert.fail(
    `differs from test/golden/${name} at line ${
      at + 1
    }; if it should, run deno task golden and read the difference\n` +
      `  is:     ${is[at]}\n  should: ${should[at]}`,
  );
}
