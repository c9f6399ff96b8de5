import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bundlePage, splitProgram } from "../../scripts/bundle.ts";

Deno.test("bundle: says nothing of the machine that made it, and loads no library before it is needed", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    // In a fresh checkout there is no page yet.
    await bundlePage();
    await splitProgram(directory);
    const modules = new Map(
      [...Deno.readDirSync(directory)].map((
        { name },
      ) => [name, Deno.readTextFileSync(`${directory}/${name}`)]),
    );
    for (const [name, text] of modules) {
      assert.match(name, /^(main|part_\d+)\.js$/);
      assert.deepEqual(text.match(/^.*\.\.\/\S*\/npm\/.*$/gm), null);
      const project = fileURLToPath(new URL("../..", import.meta.url));
      assert.ok(!text.includes(project) && !text.includes(Deno.execPath()));
      assert.match(text, /^[\0-\x7f]*$/, `${name} has a letter that doubles its size in memory`);
    }
    const start = librariesOf(modules, "main.js");
    assert.deepEqual([...start], ["commander"]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Names of the libraries in a module and in all that it imports at once. */
function librariesOf(modules: ReadonlyMap<string, string>, entry: string): Set<string> {
  const seen = new Set([entry]), libraries = new Set<string>();
  for (const name of seen) {
    const text = modules.get(name)!;
    for (const [, library] of text.matchAll(/^\/\/ npm\/((?:@[^/]+\/)?[^/]+)\//gm)) libraries.add(library!);
    for (const [, imported] of text.matchAll(/(?:from|^import) "\.\/([^"]+)";$/gm)) seen.add(imported!);
  }
  return libraries;
}
