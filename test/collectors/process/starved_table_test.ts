import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requires } from "../../requires.ts";

const SCRIPT = fileURLToPath(new URL("starved_table.ts", import.meta.url));

async function run(mode: string, descriptors: number) {
  const words = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", SCRIPT, mode];
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", ...words],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text, new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

Deno.test("table: without a descriptor left nobody is taken for gone", async () => {
  const { alive, forgotten } = await run("starve", 256);
  assert.ok(alive > 5, `${alive}`);
  assert.deepEqual(forgotten, []);
});

Deno.test({
  ...requires("table: zombies hold no descriptor of ours", "python3"),
  fn: async () => {
    const { zombies, open } = await run("zombies", 1024);
    assert.deepEqual([zombies, open], [100, 0]);
  },
});
