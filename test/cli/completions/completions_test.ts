/** The scripts are asked what a shell would ask them; the outline is the program's own. */

import assert from "node:assert/strict";
import { bashCompletion } from "../../../cli/completions/bash.ts";
import { fishCompletion } from "../../../cli/completions/fish.ts";
import { manualPage } from "../../../cli/completions/manual.ts";
import { outlineOf } from "../../../cli/completions/cli_spec.ts";
import { zshCompletion } from "../../../cli/completions/zsh.ts";
import { buildProgram } from "../../../cli/program.ts";
import { requires } from "../../requires.ts";

const outline = outlineOf(buildProgram());

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

Deno.test("manual page: names every command and every option", () => {
  const page = manualPage(outline).replaceAll("\\-", "-");
  for (const command of outline.commands) {
    assert.ok(page.includes(`.B leakwatch ${command.name}`), command.name);
    for (const { long } of command.options) assert.ok(page.includes(`\\fB${long}\\fR`), long);
  }
});

Deno.test({
  ...requires("manual page: man finds nothing wrong in it", "man"),
  fn: async () => {
    const file = Deno.makeTempFileSync({ suffix: ".1" });
    try {
      Deno.writeTextFileSync(file, manualPage(outline));
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
