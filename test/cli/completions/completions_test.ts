/** The scripts are asked what a shell would ask them; the outline is the program's own. */

import assert from "node:assert/strict";
import { bashCompletion } from "../../../cli/completions/bash.ts";
import { fishCompletion } from "../../../cli/completions/fish.ts";
import { manualPage } from "../../../cli/completions/manual.ts";
import { outlineOf } from "../../../cli/completions/cli_spec.ts";
import { zshCompletion } from "../../../cli/completions/zsh.ts";
import { buildProgram } from "../../../cli/program.ts";
import { METHODS } from "../../../profile/registry.ts";
import { requires } from "../../requires.ts";

const outline = outlineOf(buildProgram());
const page = manualPage(outline, METHODS);

async function run(command: string, args: string[], input: string): Promise<string> {
  const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What bash would offer for the last of these words. */
async function bashOffers(...words: string[]): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${bashCompletion(outline)}
COMP_WORDS=(${quoted}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _leakwatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await run("bash", ["--norc"], script)).split("\n").filter(Boolean);
}

Deno.test("completions: bash offers commands, then their options, then an option's choices", async () => {
  assert.deepEqual(await bashOffers("leakwatch", "mon"), ["monitor"]);
  assert.deepEqual(await bashOffers("leakwatch", "analyze", "--form"), ["--format"]);
  assert.deepEqual(await bashOffers("leakwatch", "analyze", "--format", "ma"), ["markdown"]);
  assert.deepEqual(await bashOffers("leakwatch", "completions", ""), ["bash", "zsh", "fish"]);
  assert.ok((await bashOffers("leakwatch", "analyze", "--from", "/etc/host")).includes("/etc/hosts"));
});

Deno.test({
  ...requires("completions: fish offers the same", "fish"),
  fn: async () => {
    const offers = async (line: string) =>
      (await run("fish", ["--no-config"], `${fishCompletion(outline)}\ncomplete -C '${line}'\n`))
        .split("\n").filter(Boolean).map((each) => each.split("\t")[0]);
    assert.deepEqual(await offers("leakwatch mon"), ["monitor"]);
    assert.deepEqual(await offers("leakwatch analyze --form"), ["--format"]);
    assert.deepEqual(await offers("leakwatch analyze --format ma"), ["markdown"]);
  },
});

Deno.test({
  ...requires("completions: zsh takes the script", "zsh"),
  fn: async () => {
    const script = `autoload -Uz compinit; compinit -D -u
${zshCompletion(outline)}
print -- $_comps[leakwatch]`;
    assert.equal((await run("zsh", ["-f"], script)).trim(), "_leakwatch");
  },
});

/** What no person starts. */
const INTERNAL = ["profile-watchdog"];

Deno.test("manual page: names every command, argument, option and method there is", () => {
  const text = page.replaceAll("\\-", "-");
  const commands = buildProgram().commands.filter((command) => !INTERNAL.includes(command.name()));
  assert.ok(commands.some((command) => command.name() === "licenses")); // the hidden ones, too
  for (const command of commands) {
    assert.ok(text.includes(`.B leakwatch ${command.name()}`), command.name());
    for (const { description } of command.registeredArguments) {
      assert.ok(text.includes(description), description);
    }
    for (const { long, short, description } of command.options.filter(({ hidden }) => !hidden)) {
      assert.ok(text.includes(`\\fB${long}\\fR`) && text.includes(description), `${command.name()} ${long}`);
      if (short) assert.ok(text.includes(`\\fB${short}\\fR, \\fB${long}\\fR`), `${command.name()} ${short}`);
    }
  }
  for (const { name, title } of METHODS) assert.ok(text.includes(`.B ${name}\n${title}`), name);
});

Deno.test("manual page: says values and defaults as they are typed", () => {
  const text = page.replaceAll("\\-", "-");
  assert.match(text, /--metric\\fR \\fIname\[:unit\]\\fR/);
  assert.match(text, /^how long; 0 runs until stopped \(default: 60\)$/m);
  assert.equal(text.match(/fB--proc-root/g)?.length, 1); // what most commands take stands there once
});

Deno.test({
  ...requires("manual page: man finds nothing wrong in it", "man"),
  fn: async () => {
    const file = Deno.makeTempFileSync({ suffix: ".1" });
    try {
      Deno.writeTextFileSync(file, page);
      const { stderr } = await new Deno.Command("man", {
        args: ["--warnings", "--local-file", file],
        env: { LC_ALL: "C", MANWIDTH: "80", MANPAGER: "cat" },
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
    } finally {
      Deno.removeSync(file);
    }
  },
});
