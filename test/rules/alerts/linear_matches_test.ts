import assert from "node:assert/strict";
import { Compiler, ExpressionError } from "../../../rules/alerts/expression.ts";
import { parseRules } from "../../../rules/alerts/parse.ts";
import { MAX_RULES_BYTES } from "../../../rules/alerts/rule.ts";

const compiler = new Compiler("process", { limit: 1 });
const evaluate = (source: string, context: object) => compiler.compile(source, "bool").evaluate(context);
const refusal = (source: string) => {
  try {
    compiler.compile(source, "bool");
  } catch (error) {
    assert.ok(error instanceof ExpressionError);
    return error.message;
  }
  return "none";
};

Deno.test("matches: finds what RE2 finds, wherever the call stands in a condition", () => {
  const context = { name: "java", command: "java -Xmx2g -jar app.jar", pid: 7, rss_bytes: 5 };
  for (
    const [source, wanted] of [
      ['name.matches("^ja")', true],
      ['name.matches("^va")', false],
      ['(name).matches( "a$" ) && command.matches("-Xmx\\\\d+g")', true],
      ['!(name + command).matches("x{3}") && rss_bytes > 1', true],
      ['["a", name].exists(x, x.matches("jav."))', true],
      ['name . matches("JAVA") || name.matches("(?i)JAVA")', true],
    ] as const
  ) assert.equal(evaluate(source, context), wanted, source);
});

Deno.test("matches: a command line made to keep a backtracking engine busy for years is decided", () => {
  const command = "a".repeat(4000) + "b";
  // As a child that is given up: with backtracking this would not end.
  for (const pattern of ["(a+)+$", "(a|aa)+$", "(.*a){12}$", "(a*)*c"]) {
    assert.equal(evaluate(`command.matches("${pattern}")`, { command }), false, pattern);
  }
});

Deno.test("matches: patterns that a process could choose, that are none or that are huge are refused at load", () => {
  assert.match(refusal("name.matches(command)"), /must be a text in quotes/);
  assert.match(refusal('name.matches("(")'), /is not RE2: .*missing closing/);
  assert.match(refusal('name.matches("(?=x)")'), /is not RE2/);
  assert.match(refusal('name.matches("(a{30}){30}")'), /too large/);
  assert.match(refusal(`name.matches("${"a".repeat(501)}")`), /longer than 500/);
});

Deno.test("rules: a file of a mebibyte is refused in one line", () => {
  const { diagnostics } = parseRules("#".repeat(MAX_RULES_BYTES + 1));
  assert.deepEqual(diagnostics, [{ line: 1, message: "larger than 256 KiB" }]);
});
