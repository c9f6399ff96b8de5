/** Processes that only look like a JVM, and lie: each ends in one line, within its bounds. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertNothingLeft, refusalOf } from "./run_profile.ts";

/** A real libjvm.so, for the lie. */
function libjvm(): string {
  const home = Deno.realPathSync("/usr/bin/java").replace(/\/bin\/java$/, "");
  return `${home}/lib/server/libjvm.so`;
}

const LIES: [string, RegExp][] = [
  ["rubbish", /not that of the attach mechanism|closed its attach socket|broke off its answer/],
  ["endless", /answers more than 67108864 bytes: given up|did not finish its answer/],
  ["dies", /has ended|closed its attach socket|broke off its answer|not that of the attach mechanism/],
];

for (const [lie, refusal] of LIES) {
  Deno.test({
    ...requires(`profile: a process that only looks like a JVM (${lie})`, "java", "python3", "root"),
    fn: async () => {
      await using program = await LeakingProgram.start(["python3", source("lying_jvm.py"), libjvm(), lie]);
      try {
        const said = await refusalOf("jvm-histogram", program.pid, "--for", "1s");
        assert.match(said, refusal);
        assert.equal(said.trim().split("\n").length, 1);
        if (lie !== "dies") {
          await program.assertUnharmed();
          assertNothingLeft(program);
        }
      } finally {
        await Deno.remove(`/tmp/.java_pid${program.pid}`).catch(() => {});
      }
    },
  });
}

Deno.test({
  ...requires(
    "profile: an attach socket of another user is not spoken to",
    "java",
    "python3",
    "root",
  ),
  fn: async () => {
    await using program = await LeakingProgram.start(["python3", source("lying_jvm.py"), libjvm(), "silent"]);
    const path = `/tmp/.java_pid${program.pid}`;
    const listener = Deno.listen({ transport: "unix", path });
    let asked = 0;
    (async () => {
      for await (const connection of listener) {
        asked++;
        connection.close();
      }
    })();
    try {
      Deno.chownSync(path, 65534, 65534);
      assert.match(await refusalOf("jvm-histogram", program.pid, "--for", "1s"), /not a socket of its user/);
      assert.equal(asked, 0);
      await program.assertUnharmed();
    } finally {
      listener.close();
      await Deno.remove(path).catch(() => {});
    }
  },
});
