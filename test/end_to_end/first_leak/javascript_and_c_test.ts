/** docs/first-leak.md, the parts that want the inspector's port, or neither port nor /tmp. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { accused, commandsOf, factsOf, namesIn } from "./document.ts";
import { readerOf } from "./story.ts";

Deno.test("first leak: what must be the same is taken from a document and from sources", () => {
  const document =
    "## A\n```console\n$ one\nWHAT GROWS     x\n…\n$ two\n```\n## B\n```console\n$ three\n```\n";
  assert.deepEqual(commandsOf(document, (heading) => heading === "A"), [
    { command: "one", output: ["WHAT GROWS     x", "…"] },
    { command: "two", output: [] },
  ]);
  const names = new Set(namesIn("archive = []\nclass Invoice:\n  def bill(number):\n"));
  assert.deepEqual([...names], ["archive", "Invoice", "bill"]);
  assert.deepEqual(
    factsOf(["WHAT GROWS   python-types", "  98 % from Invoice.__init__ a.py:20, x of 4"], names),
    ["WHAT GROWS", "a.py:20", "Invoice"],
  );
  assert.deepEqual(accused("GROWING python3 (12) grows\nLEAKS (13)\n  x (14)", [12, 13, 14]), [12]);
});

Deno.test({
  ...requires("first leak: a reader finds the line in JavaScript", "node", "root"),
  fn: () => readerOf((heading) => heading === "The same in JavaScript"),
});

Deno.test({
  ...requires("first leak: a reader finds the line in C", "gcc", "perf", "root"),
  fn: () => readerOf((heading) => heading === "The same in C"),
});
