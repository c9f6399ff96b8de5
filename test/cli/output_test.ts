import assert from "node:assert/strict";
import { leakwatch } from "./leakwatch.ts";
import { programs } from "../programs.ts";

/** One line with the name spelled out; commander's own messages have a blank for each end of a line. */
const SAFE = /^.*\\x1b\]0;owned\\x07(?:\\n| )\\u202eb.*\n$/;

for (const program of programs()) {
  Deno.test(`messages: one line, whatever names are in it (${program.name})`, async () => {
    const hostile = "/nowhere/a\x1b]0;owned\x07\n\u202eb";
    for (const args of [["analyze", "--from", hostile], ["rules", "--check", hostile], [hostile]]) {
      const { stderr } = await leakwatch(program, args);
      assert.match(stderr, SAFE, args[0]);
    }
    const { stdout } = await leakwatch(program, ["analyze", "--format", "check", "--from", hostile]);
    assert.match(stdout, SAFE);
  });
}
