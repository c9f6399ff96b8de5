/** Every shell script of the project is clean, and the ones for foreign machines are understood by small shells. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requires } from "../requires.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where shell scripts live. */
const FOLDERS = ["", ".ci/", "scripts/", "scripts/debian/", "test/end_to_end/lab/"];

interface Script {
  path: string;
  interpreter: string;
}

function scripts(): Script[] {
  return FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(ROOT + folder)].filter((entry) => entry.isFile).flatMap(({ name }) => {
      const path = folder + name;
      const [first = ""] = Deno.readTextFileSync(ROOT + path).split("\n", 1);
      const interpreter = /^#!\/bin\/(sh|bash|busybox sh)$/.exec(first)?.[1] ??
        /^# shellcheck shell=(\w+)$/.exec(first)?.[1];
      return interpreter ? [{ path, interpreter }] : [];
    })
  );
}

async function output(...[command, ...args]: [string, ...string[]]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: ROOT }).output();
  const text = new TextDecoder();
  return success ? "" : text.decode(stdout) + text.decode(stderr) || `${command} failed`;
}

Deno.test({
  ...requires("shell scripts: shellcheck finds nothing", "shellcheck"),
  fn: async () => assert.equal(await output("shellcheck", "-x", ...scripts().map(({ path }) => path)), ""),
});

for (const [shell, ...words] of [["dash"], ["busybox", "sh"]] as [("dash" | "busybox"), ...string[]][]) {
  Deno.test({
    ...requires(`shell scripts: ${shell} parses those for sh`, shell),
    fn: async () => {
      const forSh = scripts().filter(({ interpreter }) => interpreter === "sh");
      assert.ok(forSh.length > 0);
      for (const { path } of forSh) assert.equal(await output(shell, ...words, "-n", path), "", path);
    },
  });
}
