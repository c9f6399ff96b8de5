import assert from "node:assert/strict";
import fc from "fast-check";
import { safeJson, safeText } from "../../model/safe_text.ts";

/** What safeJson promises, the slow way. */
const spelled = (value: unknown): unknown =>
  typeof value === "string"
    ? safeText(value)
    : Array.isArray(value)
    ? value.map(spelled)
    : value !== null && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [safeText(key), spelled(each)]))
    : value;

const character = fc.oneof(
  fc.string({ maxLength: 1, unit: "binary" }),
  fc.constantFrom(
    "\x1b",
    "\n",
    "\t",
    "\b",
    "\\",
    '"',
    "\u202e",
    "\u200b",
    "\ud800",
    "\u{e0041}",
    "u001b",
    "\\n",
    "ß",
    "\x7f",
  ),
);
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(""));

Deno.test("safeJson: what comes out is JSON of the same value with every text made safe", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 3 }),
      tie("object"),
    ),
    object: fc.dictionary(text.filter((key) => key !== "__proto__"), tie("any"), { maxKeys: 3 }),
  })).object;
  fc.assert(
    fc.property(value, (each) => {
      const json = safeJson(each);
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(spelled(each))));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("safeJson: a name cannot turn the direction of writing, hide or drive a terminal", () => {
  const { name } = JSON.parse(safeJson({ name: "a\u202eb\u200bc\x1b[31m\nd\\n" }));
  assert.equal(name, "a\\u202eb\\u200bc\\x1b[31m\\nd\\n");
});
