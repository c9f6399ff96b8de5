import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { BUILTIN_TEXT, builtinRules, parseRules, readFile } from "../../../rules/alerts/parse.ts";
import type { RuleDiagnostic } from "../../../rules/alerts/rule.ts";
import { printRules } from "../../../rules/alerts/print.ts";
import { SCOPES, VARIABLES } from "../../../rules/alerts/variables.ts";

/** Mistakes as `LINE: message`. */
const diagnostics = (text: string) =>
  parseRules(text).diagnostics?.map(({ line, message }) => `${line}: ${message}`);

const RULE = `rules:
- name: mine
  scope: process
  when: rss_bytes > parameters.growth_bytes
  severity: warning
  message: "{name} ({pid})"
  next_step: look
`;

Deno.test("rules: the built-in ones hold everything that the old scripts alerted on, and more", () => {
  const names = builtinRules().rules.map((rule) => rule.name);
  for (
    const name of [
      "memory-used",
      "swap-used",
      "zombies",
      "descriptors-system",
      "descriptors-process",
      "process-growth",
    ]
  ) assert.ok(names.includes(name), name);
  assert.equal(builtinRules().parameters.memory_used_percent, 80);
  assert.equal(builtinRules().parameters.growth_percent, 10);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("rules: builtin.json is what builtin.yaml says (deno task golden writes it anew)", () => {
  const file = fileURLToPath(new URL("../../../rules/builtin.json", import.meta.url));
  const mistakes: RuleDiagnostic[] = [];
  const read = readFile(BUILTIN_TEXT, mistakes);
  assert.deepEqual(mistakes, []);
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(file)), read?.file);
});

Deno.test("rules: a file replaces thresholds, replaces rules by name, adds and disables", () => {
  const { rules } = parseRules(`
parameters: {memory_used_percent: 90%, growth_bytes: 64MiB, growth_period_seconds: 2h}
disable: [swap-used]
${RULE}- {name: zombies, scope: system, when: zombies > 10, severity: info, message: m, next_step: n}
`);
  assert.ok(rules);
  const { memory_used_percent, growth_bytes, growth_period_seconds } = rules.parameters;
  assert.deepEqual([memory_used_percent, growth_bytes, growth_period_seconds], [90, 64 * 1024 ** 2, 7200]);
  const names = rules.rules.map((rule) => rule.name);
  assert.ok(!names.includes("swap-used"));
  assert.ok(names.includes("mine"));
  assert.deepEqual(rules.rules.filter(({ name }) => name === "zombies").map(({ origin }) => origin), [
    "file",
  ]);
  assert.equal(rules.rules.length, builtinRules().rules.length);
});

Deno.test("rules: diagnostics name their line and the nearest valid word", () => {
  const cases: [string, string[]][] = [
    ["parameters:\n  memory_used_percnt: 4", [
      '2: unknown parameter "memory_used_percnt"; did you mean "memory_used_percent"?',
    ]],
    ["parameters: {memory_used_percent: lots}", [
      '1: memory_used_percent: "lots" is no number, size, duration or percentage',
    ]],
    ["paramters: {}", ['1: unknown key "paramters"; did you mean "parameters"?']],
    [RULE.replace("growth_bytes", "growth_byte"), [
      '4: when: unknown parameter "growth_byte"; did you mean "growth_bytes"?',
    ]],
    [RULE.replace("rss_bytes", "rss_byte"), [
      '4: when: scope process has no "rss_byte"; did you mean "rss_bytes"?',
    ]],
    [RULE.replace("rss_bytes", "memory_used_percent"), [
      '4: when: scope process has no "memory_used_percent"; it belongs to scope system',
    ]],
    [RULE.replace("rss_bytes > parameters.growth_bytes", "name > 5"), [
      '4: when: no such overload: string > int at "name > 5"',
    ]],
    [RULE.replace("rss_bytes > parameters.growth_bytes", "name.startWith('x')"), [
      '4: when: no function fits "name.startWith(\'x\')"; did you mean "startsWith"?',
    ]],
    [RULE.replace("rss_bytes > parameters.growth_bytes", "rss_bytes"), [
      '4: when: a condition must be true or false, "rss_bytes" is double',
    ]],
    [RULE.replace("process", "proces"), ['3: scope: "proces" is not valid; did you mean "process"?']],
    [RULE.replace("  severity: warning\n", ""), ['2: "severity" is missing']],
    [RULE.replace("severity: warning", "severty: warning"), [
      '2: "severity" is missing',
      '5: unknown key "severty"; did you mean "severity"?',
    ]],
    [RULE.replace("{pid}", "{pdi}"), ['6: message: scope process has no "pdi"; did you mean "pid"?']],
    [RULE.replace("{pid}", "{threads|one}"), [
      '6: message: "{threads|one}" is no plural; write "{threads|ONE|MANY}"',
    ]],
    [RULE.replace("{pid}", "{name|a|b}"), ['6: message: "name" is text, not a count']],
    [RULE.replace("{pid}", "{pid"), ['6: message: "{" without its partner; write "{{" for a brace']],
    [RULE + "  for: 5 years", ['8: for: "5 years" is no duration; write 90s, 15m or 2h']],
    ["disable: [leek]", ['1: no rule is called "leek"; did you mean "leak"?']],
    ["sinks:\n- type: webhok\n  url: x", ['2: type: "webhok" is not valid; did you mean "webhook"?']],
    ["sinks:\n- type: webhook\n  url: ftp://x", ["3: url: must be an http or https address"]],
    ["sinks:\n- {type: command, command: [a]}\n- {type: command, command: [b]}", [
      '3: a second sink is called "command"; give it a name of its own',
    ]],
    ["quiet_hours:\n- from: '25:00'\n  to: '06:00'", ['2: from: must be a time of day such as "22:00"']],
    ["rules: 5", ["1: rules: must be a list, not number"]],
    ["- a", ["1: the file: must be a map, not a list"]],
    ["a: b: c", ["1: Nested mappings are not allowed in compact mappings"]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(diagnostics(text), expected, text);
});

Deno.test("rules: an empty file is the built-in rules", () => {
  for (const text of ["", "\n", "# nothing\n", "rules:\n", "{}"]) {
    assert.equal(parseRules(text).rules?.rules.length, builtinRules().rules.length, text);
  }
});

Deno.test("rules: printed rules are the same rules", () => {
  const printed = parseRules(printRules(builtinRules())).rules!;
  const plain = (set: typeof printed) =>
    JSON.parse(printRules(set) && JSON.stringify(parse(printRules(set))));
  assert.deepEqual(plain(printed), plain(builtinRules()));
  assert.equal(printed.rules.length, builtinRules().rules.length);
});

Deno.test("rules: every variable of every scope can be asked for and shown", () => {
  for (const scope of SCOPES) {
    for (const [name, { type }] of Object.entries(VARIABLES[scope])) {
      const when = type === "text" ? `${name} == "x"` : `${name} > 1`;
      const text = stringify({
        rules: [{ name: "x", scope, when, severity: "info", message: `{${name}}`, next_step: "n" }],
      });
      assert.equal(diagnostics(text), undefined, `${scope} ${name}`);
    }
  }
});

Deno.test("rules: any text gives rules or diagnostics by line, and nothing else", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      assertSound(text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("rules: any YAML value gives rules or diagnostics by line, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom("rules", "sinks", "parameters", "quiet_hours", "x"),
      (value, key) => {
        assertSound(stringify({ [key]: value }));
        assertSound(stringify({ [key]: [value] }));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("rules: the built-in file with a line broken gives rules or diagnostics by line", () => {
  const lines = BUILTIN_TEXT.split("\n");
  fc.assert(
    fc.property(
      fc.nat(lines.length - 1),
      fc.nat(60),
      fc.string({ minLength: 1, maxLength: 3 }),
      (line, column, put) => {
        const broken = [...lines];
        broken[line] = broken[line]!.slice(0, column) + put + broken[line]!.slice(column + 1);
        assertSound(broken.join("\n"));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("rules: any condition at all is compiled or refused on its line", () => {
  const words = [
    "rss_bytes",
    "name",
    "parameters.growth_bytes",
    "1",
    "2.5",
    '"x"',
    "&&",
    "||",
    ">",
    "==",
    "in",
    "[1]",
    "(",
    ")",
    "!",
    "-",
    "?",
    ":",
    ".size()",
    ".matches('(')",
    "true",
    "null",
    "\n",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (chosen) => {
      assertSound(stringify({
        rules: [{
          name: "x",
          scope: "process",
          when: chosen.join(" "),
          severity: "info",
          message: "m",
          next_step: "n",
        }],
      }));
    }),
    { numRuns: 500 },
  );
});

function assertSound(text: string): void {
  const { rules, diagnostics } = parseRules(text);
  assert.ok((rules === undefined) !== (diagnostics === undefined));
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const { line, message } of diagnostics ?? []) {
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lines, `line ${line} of ${lines}`);
    assert.ok(message.length > 0 && !message.includes("\n"), message);
  }
}
