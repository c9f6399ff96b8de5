import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bundlePage, bundleProgram } from "../../scripts/bundle.ts";

Deno.test("bundle: says nothing of the machine that made it", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const file = `${directory}/program.js`;
    // In a fresh checkout there is no page yet.
    await bundlePage();
    await bundleProgram(file);
    const text = Deno.readTextFileSync(file);
    assert.match(text, /^\/\/ npm\/commander\/\d/m);
    assert.deepEqual(text.match(/^.*\.\.\/\S*\/npm\/.*$/gm), null);
    const project = fileURLToPath(new URL("../..", import.meta.url));
    assert.ok(!text.includes(project) && !text.includes(Deno.execPath()));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
