import assert from "node:assert/strict";

const ROOT = new URL("../..", import.meta.url).pathname;

async function leakwatch(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", `${ROOT}main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

function fileWith(text: string): string {
  const file = Deno.makeTempFileSync({ suffix: ".yaml" });
  Deno.writeTextFileSync(file, text);
  return file;
}

Deno.test("rules --check: OK in one line, or every mistake with its line and exit 1", async () => {
  const good = fileWith("parameters: {memory_used_percent: 90}\nsinks: [{type: stderr}]\n");
  const bad = fileWith("parameters:\n  memory_used_percnt: 90\nfoo: 1\n");
  const fine = await leakwatch("rules", "--check", good);
  assert.deepEqual(fine, {
    code: 0,
    out: `${good}: OK, 0 of its own and 24 built-in rules; sinks: stderr\n`,
    err: "",
  });
  const wrong = await leakwatch("rules", "--check", bad);
  assert.equal(wrong.code, 1);
  assert.equal(wrong.out, "");
  assert.match(wrong.err.split("\n")[0]!, new RegExp(`^${bad}:`));
  const other = await leakwatch("rules", "--check", "/no/such.yaml");
  assert.deepEqual([other.code, other.err], [
    1,
    "leakwatch: cannot read rules from /no/such.yaml: no such file\n",
  ]);
  Deno.removeSync(good);
  Deno.removeSync(bad);
});

Deno.test("rules: lists, prints and exports; thresholds of a file go into all of them", async () => {
  const file = fileWith("parameters: {memory_used_percent: 91}\ndisable: [zombies]\n");
  const [list, print, own, prometheus] = await Promise.all([
    leakwatch("rules"),
    leakwatch("rules", "--print"),
    leakwatch("rules", "--print", "--rules", file),
    leakwatch("rules", "--export", "prometheus", "--rules", file),
  ]);
  assert.match(list!.out, /^RULE +SCOPE +SEVERITY +AFTER +CONDITION\nmemory-used +system +warning +15 s /);
  assert.equal(print!.out, Deno.readTextFileSync(`${ROOT}rules/builtin.yaml`));
  assert.match(own!.out, /memory_used_percent: 91\n/);
  assert.doesNotMatch(own!.out, /name: zombies/);
  assert.match(prometheus!.out, /leakwatch_memory_total_bytes\)\) > 91\n/);
  Deno.removeSync(file);
});

Deno.test("rules: the commands that watch refuse a file with mistakes before they begin", async () => {
  const file = fileWith("rules: 5\n");
  const { code, err } = await leakwatch("analyze", "--duration", "0", "--rules", file);
  assert.deepEqual([code, err], [1, `leakwatch: ${file}:1: rules: must be a list, not number\n`]);
  Deno.removeSync(file);
});
