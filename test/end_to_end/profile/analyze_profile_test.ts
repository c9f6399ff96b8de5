/** `analyze --pid N --profile`: the line that leaks as a section of the report, in every form, and never without consent. */

import assert from "node:assert/strict";
import type { Analysis } from "../../../cli/analyze/model.ts";
import { ownListeners } from "../../../profile/guards/sockets.ts";
import { requires } from "../../requires.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertUnlocked, LEAKWATCH, type Outcome } from "./run_profile.ts";

async function analyze(...args: string[]): Promise<Outcome> {
  const [program, ...before] = LEAKWATCH;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: [...before, "analyze", "--duration", "0", "--quiet", ...args],
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

function assertClosed(program: LeakingProgram): void {
  assertUnlocked(program.pid);
  assert.deepEqual(ownListeners({ pid: program.pid, proc: "/proc" }), []);
}

Deno.test({
  ...requires("analyze --profile: the line that leaks, in text, JSON, Markdown and HTML", "node"),
  fn: async () => {
    await using program = await LeakingProgram.start(["node", source("leak_sessions.js")]);
    const given = ["--pid", String(program.pid), "--profile", "--profile-for", "4s", "--yes"];
    const text = await analyze(...given);
    assert.equal(text.code, 0, text.stderr);
    assert.match(
      text.stdout,
      new RegExp(`^INSIDE node \\(${program.pid}\\): WHAT GROWS +inspector-sampling$`, "m"),
    );
    assert.match(text.stdout, /leak_sessions\.js:\d+/);
    const json = await analyze(...given, "--format", "json");
    const [inner, ...others] = (JSON.parse(json.stdout) as Analysis).profiles;
    assert.deepEqual(others, []);
    assert.equal(inner!.error, null);
    assert.equal(inner!.profile!.results[0]!.method, "inspector-sampling");
    assert.ok(
      inner!.profile!.results[0]!.coverage! >= 0.5,
      `coverage ${inner!.profile!.results[0]!.coverage}`,
    );
    const markdown = await analyze(...given, "--format", "markdown");
    assert.match(markdown.stdout, /^## INSIDE node .*WHAT GROWS/m);
    const html = await analyze(...given, "--format", "html");
    assert.match(html.stdout, /<figure class="flame">/);
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("analyze --profile: without --yes nothing is signalled, and it says what would tell", "node"),
  fn: async () => {
    await using program = await LeakingProgram.start(["node", source("leak_sessions.js")]);
    const { code, stdout } = await analyze("--pid", String(program.pid), "--profile", "--profile-for", "2s");
    assert.equal(code, 0);
    assert.match(stdout, /INSIDE node \(\d+\): NOT EXPLAINED/);
    assert.match(stdout, new RegExp(`leakwatch profile ${program.pid} --yes +inspector-sampling`));
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []); // a Node that was signalled says so
    assertClosed(program);
  },
});

Deno.test("analyze --profile: wrong uses are one line, before anybody has waited", async () => {
  const cases: [string[], number, RegExp][] = [
    [["--profile"], 2, /^leakwatch: --profile needs --pid PID[^\n]*\n$/],
    [
      ["--profile", "--pid", "1", "--from", "/tmp"],
      2,
      /^leakwatch: --profile needs a running process[^\n]*\n$/,
    ],
    [["--profile", "--pid", "4194304"], 1, /^leakwatch: there is no process 4194304[^\n]*\n$/],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr, stdout } = await analyze(...args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, "");
  }
});
