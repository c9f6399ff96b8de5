/** The self-extracting file, with a shell script in the runtime's place: what is tested is how it unpacks. */

import assert from "node:assert/strict";
import { parseSignalTreatment } from "../../cli/signal_treatment.ts";
import { pack } from "../../scripts/self_extracting.ts";
import { requires } from "../requires.ts";

/** Tells how it was started; `environ` and `status` of /proc go to stderr where that is the last argument. */
const RUNTIME = `#!/bin/sh
for last; do :; done
echo "$0|$LEAKWATCH_EXECUTABLE|$last"
case $last in environ | status) /bin/cat /proc/$$/$last >&2 ;; esac
exit
#`;
const MODULES = { "main.js": "program", "part_1.js": "one", "part_10.js": "ten" };
const bytes = (text: string) => new TextEncoder().encode(text);

interface Answer {
  code: number;
  out: string;
  err: string;
}

interface Place {
  directory: string;
  file: string;
  run(env: Record<string, string>, ...args: string[]): Promise<Answer>;
}

async function withPackedFile(test: (place: Place) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  const file = `${directory}/leakwatch`;
  // Its own bytes for each test: a runtime that another one left in a cache would do.
  const runtime = RUNTIME + crypto.randomUUID();
  const modules = Deno.makeTempDirSync();
  for (const [name, text] of Object.entries(MODULES)) Deno.writeTextFileSync(`${modules}/${name}`, text);
  const packed = await pack({ version: "1.2.3", target: "test", runtime: bytes(runtime), modules });
  Deno.removeSync(modules, { recursive: true });
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
    const modules = runtime.replace(/leakwatch$/, "program");
    Deno.writeTextFileSync(runtime, "#!/bin/sh\necho other\n");
    Deno.writeTextFileSync(`${modules}/main.js`, "prog");
    Deno.removeSync(`${modules}/part_1.js`);
    Deno.writeTextFileSync(`${modules}/part_2.js`, "two");
    assert.equal(answered((await run(env)).out), runtime);
    assert.match(Deno.readTextFileSync(runtime), /^#!.*LEAKWATCH_EXECUTABLE/s);
    const found = [...Deno.readDirSync(modules)].map(({ name }) => [
      name,
      Deno.readTextFileSync(`${modules}/${name}`),
    ]);
    assert.deepEqual(Object.fromEntries(found), MODULES);
  }));

Deno.test("self-extracting: first starts at the same time all succeed and leave nothing half made", () =>
  withPackedFile(async ({ directory, run }) => {
    const env = { CACHE_DIRECTORY: `${directory}/cache` };
    const results = await Promise.all(Array.from({ length: 8 }, () => run(env, "x")));
    assert.deepEqual(results.map(({ code, out }) => [code, out.split("|")[2]]), Array(8).fill([0, "x"]));
    const home = answered(results[0]!.out).replace(/\/leakwatch$/, "");
    assert.deepEqual([...Deno.readDirSync(home)].map((entry) => entry.name).sort(), [
      "leakwatch",
      "program",
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

Deno.test({
  ...requires("self-extracting: passes over a folder whose parents others may rename", "root"),
  fn: () =>
    withPackedFile(async ({ directory, run }) => {
      const parents = { others: [1, 0o755], group: [0, 0o775], everyone: [0, 0o777], sticky: [0, 0o1777] };
      for (const [parent, [owner, mode]] of Object.entries(parents) as [string, [number, number]][]) {
        Deno.mkdirSync(`${directory}/${parent}/cache`, { recursive: true });
        Deno.chownSync(`${directory}/${parent}`, owner, owner);
        Deno.chmodSync(`${directory}/${parent}`, mode);
        Deno.symlinkSync(`${directory}/${parent}`, `${directory}/to-${parent}`);
        for (const path of [`${directory}/${parent}/cache`, `${directory}/to-${parent}/cache`]) {
          const { code, out } = await run({ CACHE_DIRECTORY: path });
          assert.equal(code, 0);
          assert.equal(answered(out).startsWith(`${directory}/${parent}/`), parent === "sticky", path);
        }
      }
    }),
});

Deno.test({
  ...requires("self-extracting: for root there is no place after /var/cache", "root", "unshare"),
  fn: () =>
    withPackedFile(async ({ directory, file }) => {
      const hidden = `mount -t tmpfs -o noexec none /var/cache && exec "$0" x`;
      const { code, stdout, stderr } = await new Deno.Command("unshare", {
        args: ["--mount", "sh", "-c", hidden, file],
        env: { TMPDIR: directory, HOME: directory, XDG_CACHE_HOME: directory, XDG_RUNTIME_DIR: directory },
      }).output();
      const text = new TextDecoder();
      assert.deepEqual([code, text.decode(stdout)], [1, ""]);
      assert.match(text.decode(stderr), /^leakwatch: cannot unpack: .*CACHE_DIRECTORY.*\n$/);
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["leakwatch"]);
    }),
});

Deno.test("self-extracting: the caller's PATH and what it says to Deno count for nothing while unpacking", () =>
  withPackedFile(async ({ directory, run }) => {
    const planted = `${directory}/planted`;
    Deno.mkdirSync(planted);
    for (
      const tool of ["sha256sum", "stat", "gzip", "tar", "tail", "head", "env", "id", "mkdir", "find", "sed"]
    ) {
      Deno.writeTextFileSync(`${planted}/${tool}`, `#!/bin/sh\n: >${directory}/ran-${tool}\n`, {
        mode: 0o755,
      });
    }
    const { code, err } = await run({
      CACHE_DIRECTORY: `${directory}/cache`,
      PATH: `${planted}:/usr/bin:/bin`,
      DENO_V8_FLAGS: "--jitless",
      DENO_AUTH_TOKENS: "x",
      NODE_OPTIONS: "--require=/tmp/x.js",
      DENO_TLS_CA_STORE: "system",
      OTHER: "a\nDENO_LINE=b",
    }, "environ");
    assert.equal(code, 0, err);
    assert.deepEqual([...Deno.readDirSync(directory)].filter(({ name }) => name.startsWith("ran-")), []);
    const got = new Map(err.split("\0").map((entry) => [entry.split("=", 1)[0], entry]));
    assert.equal(got.get("PATH"), `PATH=${planted}:/usr/bin:/bin`);
    assert.equal(got.get("OTHER"), "OTHER=a\nDENO_LINE=b");
    assert.deepEqual([...got.keys()].filter((name) => /^(DENO|NODE)_/.test(name!)).sort(), [
      "DENO_DIR",
      "DENO_NO_UPDATE_CHECK",
      "DENO_TLS_CA_STORE",
    ]);
  }));

Deno.test("self-extracting: the runtime is started with SIGUSR1 blocked, or ignored until it runs", () =>
  withPackedFile(async ({ directory, run }) => {
    const { err } = await run({ CACHE_DIRECTORY: `${directory}/cache` }, "status");
    assert.notEqual(parseSignalTreatment(err), "delivered", err);
  }));

Deno.test("self-extracting: a damaged file says so in one line", () =>
  withPackedFile(async ({ directory, file, run }) => {
    const whole = Deno.readFileSync(file);
    Deno.writeFileSync(file, whole.subarray(0, whole.length - 20));
    const { code, out, err } = await run({ CACHE_DIRECTORY: `${directory}/cache` });
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^leakwatch: cannot unpack: .*damaged.*$/);
  }));
