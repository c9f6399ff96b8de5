import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { programs } from "../programs.ts";
import { leakwatch } from "./leakwatch.ts";

const BUILTIN = fileURLToPath(new URL("../../rules/builtin.yaml", import.meta.url));

/** Gives the file's path to `run`, and removes it. */
async function withFile(text: string, run: (file: string) => Promise<void>): Promise<void> {
  const file = Deno.makeTempFileSync({ suffix: ".yaml" });
  Deno.writeTextFileSync(file, text);
  try {
    await run(file);
  } finally {
    Deno.removeSync(file);
  }
}

for (const program of programs()) {
  Deno.test(`rules --check: OK in one line, or every mistake with its line and exit 1 (${program.name})`, async () => {
    await withFile("parameters: {memory_used_percent: 90}\nsinks: [{type: stderr}]\n", async (file) => {
      assert.deepEqual(await leakwatch(program, ["rules", "--check", file]), {
        code: 0,
        stdout:
          `${file}: OK, 0 of its own and ${builtinRules().rules.length} built-in rules; sinks: stderr\n`,
        stderr: "",
      });
    });
    await withFile("parameters:\n  memory_used_percnt: 90\ndisable: [leek]\n", async (file) => {
      assert.deepEqual(await leakwatch(program, ["rules", "--check", file]), {
        code: 1,
        stdout: "",
        stderr: `${file}:2: unknown parameter "memory_used_percnt"; did you mean "memory_used_percent"?\n` +
          `${file}:3: no rule is called "leek"; did you mean "leak"?\n`,
      });
    });
    const missing = await leakwatch(program, ["rules", "--check", "/no/such.yaml"]);
    assert.deepEqual(
      [missing.code, missing.stderr],
      [1, "leakwatch: cannot read rules from /no/such.yaml: no such file\n"],
    );
  });

  Deno.test(`rules: lists, prints and exports; thresholds of a file go into all of them (${program.name})`, () =>
    withFile("parameters: {memory_used_percent: 91}\ndisable: [zombies]\n", async (file) => {
      const rules = async (...args: string[]) => {
        const { code, stdout, stderr } = await leakwatch(program, ["rules", ...args]);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      assert.match(
        await rules(),
        /^RULE +SCOPE +SEVERITY +AFTER +CONDITION\nmemory-used +system +warning +15 s /,
      );
      assert.equal(await rules("--print"), Deno.readTextFileSync(BUILTIN));
      const own = await rules("--print", "--rules", file);
      assert.match(own, /memory_used_percent: 91\n/);
      assert.doesNotMatch(own, /name: zombies/);
      const exported = await rules("--export", "prometheus", "--rules", file);
      assert.match(exported, /leakwatch_memory_total_bytes\)\) > 91\n/);
    }));

  Deno.test(`rules: the commands that watch refuse a file with diagnostics before they begin (${program.name})`, () =>
    withFile("rules: 5\n", async (file) => {
      for (const command of [["analyze", "--duration", "0"], ["monitor", "1", "1", "-o", "/tmp"]]) {
        const { code, stderr } = await leakwatch(program, [...command, "--rules", file]);
        assert.deepEqual([code, stderr], [1, `leakwatch: ${file}:1: rules: must be a list, not number\n`]);
      }
    }));
}
