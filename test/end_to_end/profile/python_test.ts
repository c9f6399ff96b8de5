/** `leakwatch profile` on a real Python: the type and the line of a leak, without harm and without traces. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { killTwenty, startMany } from "./killed_profiles.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertNothingLeft, profileWith, refusalOf } from "./run_profile.ts";

/** The distribution's own, and what PATH says, which may be a build of another kind (a shared library, another version). */
const INTERPRETERS = [...new Set(["/usr/bin/python3", interpreterOnPath()])].filter(isFile);

for (const interpreter of INTERPRETERS) {
  Deno.test({
    ...requires(`profile: types name what leaks in ${interpreter}`, "python3", "gdb", "root"),
    fn: async () => {
      await using program = await startPython(interpreter);
      const { sites, coverage } = await profileWith("python-types", program.pid, "--for", "8s");
      assert.match(sites[0]!.type ?? "", /^__main__\.Invoice\b/);
      assert.match(sites[0]!.held_by ?? "", /list .*__main__\.invoices$/);
      assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
      assert.ok(sites.every(({ type }) => !type!.includes("CacheEntry")));
      await program.assertUnharmed();
      assert.deepEqual(program.errors, []);
      assertNothingLeft(program);
    },
  });

  Deno.test({
    ...requires(`profile: tracemalloc names the line that leaks in ${interpreter}`, "python3", "gdb", "root"),
    fn: async () => {
      await using program = await startPython(interpreter);
      const { sites, coverage } = await profileWith("python-tracemalloc", program.pid, "--for", "15s");
      const line = Number(sites[0]!.stack[0]!.split(":")[1]);
      assert.match(
        Deno.readTextFileSync(source("leak_invoices.py")).split("\n")[line - 1]!,
        /self\.lines = /,
      );
      assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
      await program.assertUnharmed();
      assert.match(program.seconds.at(-1)!.line, /traced 0$/);
      assert.deepEqual(program.errors, []);
      assertNothingLeft(program);
    },
  });
}

Deno.test({
  ...requires(
    "profile: a Python with its own mounts, processes and network",
    "python3",
    "gdb",
    "unshare",
    "root",
  ),
  fn: async () => {
    await using program = await startPython("/usr/bin/python3", true);
    const { sites } = await profileWith("python-types", program.pid, "--for", "5s");
    assert.match(sites[0]!.type ?? "", /^__main__\.Invoice\b/);
    await program.assertUnharmed();
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires(
    "profile: a main thread that waits for ever is given up, and left as it was",
    "python3",
    "gdb",
    "root",
  ),
  fn: async () => {
    const code = "import threading, time\n" +
      "def beat():\n  while True: print('ticks 1 longest_ms 0', flush=True); time.sleep(0.3)\n" +
      "threading.Thread(target=beat, daemon=True).start()\nthreading.Event().wait()\n";
    await using program = await LeakingProgram.start(["/usr/bin/python3", "-c", code]);
    assert.match(
      await refusalOf("python-types", program.pid),
      /main thread of process \d+ ran no Python in 15 s/,
    );
    await program.assertUnharmed();
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: twenty kills in the middle of tracing leave nothing", "python3", "gdb", "root"),
  fn: async () => {
    await using programs = await startMany(() => startPython("/usr/bin/python3"));
    const args = ["--method", "python-tracemalloc", "--yes", "--yes", "--for", "1s"];
    await killTwenty(programs.all, args, assertNothingLeft);
    for (const { seconds, errors } of programs.all) {
      assert.match(seconds.at(-1)!.line, /traced 0$/);
      assert.deepEqual(errors, []);
    }
  },
});

function startPython(interpreter: string, isolated = false): Promise<LeakingProgram> {
  return LeakingProgram.start([interpreter, source("leak_invoices.py")], { isolated });
}

/** The interpreter itself, not a script that chooses one (pyenv). */
function interpreterOnPath(): string {
  const { stdout } = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
