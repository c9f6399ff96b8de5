/** The self-extracting file, with a shell script in the runtime's place: what is tested is how it unpacks. */

import assert from "node:assert/strict";
import { pack } from "../../scripts/self_extracting.ts";

const RUNTIME = `#!/bin/sh\nfor last; do :; done\necho "$0|$LEAKWATCH_EXECUTABLE|$last"\n#`;
const bytes = (text: string) => new TextEncoder().encode(text);

interface Place {
  directory: string;
  file: string;
  run(env: Record<string, string>, ...args: string[]): Promise<{ code: number; out: string; err: string }>;
}

async function withPackedFile(test: (place: Place) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  const file = `${directory}/leakwatch`;
  // Its own bytes for each test: a runtime that another one left in a cache would do.
  const runtime = RUNTIME + crypto.randomUUID();
  const packed = pack({
    version: "1.2.3",
    target: "test",
    runtime: bytes(runtime),
    program: bytes("program"),
  });
  Deno.writeFileSync(file, packed, { mode: 0o755 });
  const homes = new Set([directory]);
  const run = async (env: Record<string, string>, ...args: string[]) => {
    const output = await new Deno.Command(file, { args, env, clearEnv: true, cwd: directory }).output();
    const text = new TextDecoder();
    const out = text.decode(output.stdout).trim();
    if (output.success) homes.add(answered(out).replace(/\/leakwatch$/, ""));
    return { code: output.code, out, err: text.decode(output.stderr).trim() };
  };
  try {
    await test({ directory, file, run });
  } finally {
    for (const made of [...homes].reverse()) Deno.removeSync(made, { recursive: true });
  }
}

/** The unpacked runtime that answered. */
const answered = (out: string) => out.split("|")[0]!;

Deno.test("self-extracting: unpacks into a private directory and hands over its arguments", () =>
  withPackedFile(async ({ directory, file, run }) => {
    const { code, out } = await run({ CACHE_DIRECTORY: `${directory}/cache` }, "analyze", "a b");
    assert.equal(code, 0);
    const [runtime, self, last] = out.split("|");
    assert.ok(runtime!.startsWith(`${directory}/cache/leakwatch-${Deno.uid()}/1.2.3-`), runtime);
    assert.equal(self, file);
    assert.equal(last, "a b");
    assert.equal(Deno.statSync(`${directory}/cache/leakwatch-${Deno.uid()}`).mode! & 0o777, 0o700);
  }));

Deno.test("self-extracting: works with an empty environment", () =>
  withPackedFile(async ({ run }) => assert.equal((await run({})).code, 0)));

Deno.test("self-extracting: a changed or cut file in the cache is unpacked anew", () =>
  withPackedFile(async ({ directory, run }) => {
    const env = { CACHE_DIRECTORY: `${directory}/cache` };
    const runtime = answered((await run(env)).out);
    const program = runtime.replace(/leakwatch$/, "program.js");
    Deno.writeTextFileSync(runtime, "#!/bin/sh\necho other\n");
    Deno.writeTextFileSync(program, "prog");
    assert.equal(answered((await run(env)).out), runtime);
    assert.match(Deno.readTextFileSync(runtime), /^#!.*LEAKWATCH_EXECUTABLE/s);
    assert.equal(Deno.readTextFileSync(program), "program");
  }));

Deno.test("self-extracting: first starts at the same time all succeed and leave nothing half made", () =>
  withPackedFile(async ({ directory, run }) => {
    const env = { CACHE_DIRECTORY: `${directory}/cache` };
    const results = await Promise.all(Array.from({ length: 8 }, () => run(env, "x")));
    assert.deepEqual(results.map(({ code, out }) => [code, out.split("|")[2]]), Array(8).fill([0, "x"]));
    const home = answered(results[0]!.out).replace(/\/leakwatch$/, "");
    assert.deepEqual([...Deno.readDirSync(home)].map((entry) => entry.name).sort(), [
      "leakwatch",
      "program.js",
      "seal",
    ]);
  }));

Deno.test("self-extracting: passes over a directory that others may enter, a link, and a file", () =>
  withPackedFile(async ({ directory, run }) => {
    const name = `leakwatch-${Deno.uid()}`;
    Deno.mkdirSync(`${directory}/open/${name}`, { recursive: true });
    Deno.chmodSync(`${directory}/open/${name}`, 0o755);
    Deno.mkdirSync(`${directory}/elsewhere`, { mode: 0o700 });
    Deno.mkdirSync(`${directory}/link`);
    Deno.symlinkSync(`${directory}/elsewhere`, `${directory}/link/${name}`);
    Deno.writeTextFileSync(`${directory}/file`, "");
    for (const taken of ["open", "link", "file"]) {
      const { code, out } = await run({
        CACHE_DIRECTORY: `${directory}/${taken}`,
        TMPDIR: `${directory}/good`,
      });
      assert.equal(code, 0);
      assert.ok(!answered(out).startsWith(`${directory}/${taken}`), out);
    }
    assert.deepEqual([...Deno.readDirSync(`${directory}/elsewhere`)], []);
  }));

Deno.test("self-extracting: a damaged file says so in one line", () =>
  withPackedFile(async ({ directory, file, run }) => {
    const whole = Deno.readFileSync(file);
    Deno.writeFileSync(file, whole.subarray(0, whole.length - 20));
    const { code, out, err } = await run({ CACHE_DIRECTORY: `${directory}/cache` });
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^leakwatch: cannot unpack: .*damaged.*$/);
  }));
