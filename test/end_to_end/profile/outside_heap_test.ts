/** Memory that no runtime's own tools see: a native library of a Python program, and what is never touched again. */

import assert from "node:assert/strict";
import type { Profile } from "../../../profile/profile.ts";
import { requires } from "../../requires.ts";
import { built, LeakingProgram } from "./leaking_program.ts";
import { assertNothingLeft, leakwatch, profileWith } from "./run_profile.ts";

const EXTENSION = `
import ctypes, sys, time
parse = ctypes.CDLL(sys.argv[1]).parse_request
number, cache, ticks, since = 0, {}, 0, time.monotonic()
while True:
    for _ in range(20):
        number += 1
        parse(number)
        cache[number % 50] = bytes(3000)
    ticks += 1
    time.sleep(0.05)
    if time.monotonic() - since >= 1:
        print("ticks", ticks, "longest_ms 0", flush=True)
        ticks, since = 0, time.monotonic()
`;

/** 60 MiB that nobody touches again, 30 MiB that is touched all the time. */
const COLD = `
import time
cold, warm = bytearray(b"x") * (60 << 20), bytearray(b"y") * (30 << 20)
while True:
    for at in range(0, len(warm), 4096): warm[at] += 1 if warm[at] < 255 else -255
    print("ticks 1 longest_ms 0", flush=True)
    time.sleep(0.3)
`;

Deno.test({
  ...requires(
    "profile: auto finds the leak of a native library beside Python's heap",
    "python3",
    "gcc",
    "gdb",
    "perf",
    "root",
  ),
  fn: async () => {
    const directory = await built("leak_extension.c", (directory) => [
      ...["gcc", "-g", "-O2", "-shared", "-fPIC", "-o", `${directory}/library.so`],
    ]);
    await using program = await LeakingProgram.start(["python3", "-c", EXTENSION, `${directory}/library.so`]);
    const { code, stdout, stderr } = await leakwatch(
      String(program.pid),
      "--yes",
      "--for",
      "6s",
      "--format",
      "json",
    );
    assert.equal(code, 0, stderr);
    const [best] = (JSON.parse(stdout) as Profile).results;
    assert.equal(best!.method, "perf-malloc");
    assert.match(best!.sites[0]!.stack.join("\n"), /^parse_request \S*leak_extension\.c:\d+$/m);
    assert.ok(best!.coverage! >= 0.6, `coverage ${best!.coverage}`);
    await program.assertUnharmed();
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: cold memory is what was not touched, and is called evidence", "python3"),
  fn: async () => {
    await using program = await LeakingProgram.start(["python3", "-c", COLD]);
    const { sites, meaning, warnings, cost } = await profileWith("cold-memory", program.pid, "--for", "6s");
    const cold = sites.reduce((sum, { live_bytes }) => sum + (live_bytes ?? 0), 0) / 2 ** 20;
    assert.ok(cold > 55 && cold < 75, `${cold} MiB cold`);
    assert.equal(meaning, "not-referenced");
    assert.match(warnings[0]!, /^\d+ % of its heap and anonymous memory was not touched in \d+ s$/);
    assert.ok(cost.pause_ms !== null);
    await program.assertUnharmed();
    assertNothingLeft(program);
  },
});
