import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describeLogs } from "../../store/generate_docs.ts";

const PAGE = fileURLToPath(new URL("../../docs/logs.md", import.meta.url));

Deno.test("docs/logs.md is what the tables say (deno task golden writes it anew)", () => {
  if (Deno.env.get("LEAKWATCH_GOLDEN") === "write") Deno.writeTextFileSync(PAGE, describeLogs());
  // Not assert.equal: nobody reads a difference of four hundred lines.
  assert.ok(Deno.readTextFileSync(PAGE) === describeLogs(), "docs/logs.md is out of date");
});
