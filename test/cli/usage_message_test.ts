import assert from "node:assert/strict";
import { usageMessage } from "../../cli/usage_message.ts";
import { leakwatch } from "./leakwatch.ts";
import { programs } from "../programs.ts";

Deno.test("usage: commander's errors become one line that names the option, the value and the fix", () => {
  const rewritten: [string, string][] = [
    [
      "error: option '-d, --duration <time>' argument 'soon' is invalid. write a duration such as 90s",
      "--duration soon: write a duration such as 90s",
    ],
    [
      "error: option '-f, --format <format>' argument 'it's' is invalid. Allowed choices are text, json.",
      "--format it's: choose one of text, json",
    ],
    ["error: option '--check <file>' argument missing", "--check needs <file>"],
    [
      "error: command-argument value 'x' is invalid for argument 'minutes'. must be at least 1 s",
      "minutes x: must be at least 1 s",
    ],
    [
      "error: too many arguments for 'analyze'. Expected 1 argument but got 2: a, b.",
      "too many arguments for analyze: expected 1, got 2",
    ],
    ["error: missing required argument 'pid'", "missing argument <pid>"],
    ["error: unknown command 'bogus'", "unknown command 'bogus'; see leakwatch --help"],
    [
      "error: unknown option '--durration'\n(Did you mean --duration?)",
      "unknown option '--durration' (Did you mean --duration?)",
    ],
    ["something new", "something new"],
  ];
  for (const [message, expected] of rewritten) assert.equal(usageMessage(message), expected);
});

for (const program of programs()) {
  Deno.test(`${program.name}: what is wrong with a command line is said in one line`, async () => {
    const wrong: [string[], number, RegExp][] = [
      [["bogus", "--help"], 2, /unknown command 'bogus'; see leakwatch --help/],
      [["help", "bogus"], 2, /unknown command 'bogus'/],
      [["analyze", "-d", "0", "--proc-root", "/nowhere"], 2, /--proc-root \/nowhere: not a directory/],
      [["monitor", "--rotate-size", "1"], 2, /--rotate-size 1: must be at least 64 KiB/],
      [["monitor", "--memory-budget", "1KiB"], 2, /--memory-budget 1KiB: must be at least 1.0 MiB/],
    ];
    for (const [args, code, message] of wrong) {
      const ran = await leakwatch(program, args);
      assert.match(ran.stderr, message, args.join(" "));
      assert.deepEqual([ran.code, ran.stdout, ran.stderr.split("\n").length], [code, "", 2], ran.stderr);
    }
  });
}
