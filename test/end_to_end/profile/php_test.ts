/** PHP has no safe point that a stranger can queue a call for: only where its memory grows can be told, and said so. */

import assert from "node:assert/strict";
import type { Profile } from "../../../profile/profile.ts";
import { requires } from "../../requires.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertNothingLeft, leakwatch, profileWith } from "./run_profile.ts";

Deno.test({
  ...requires("profile: PHP is told by its mappings, never as an allocation site", "php"),
  fn: async () => {
    await using program = await LeakingProgram.start([
      "php",
      "-d",
      "memory_limit=-1",
      source("leak_baskets.php"),
    ]);
    const { code, stdout, stderr } = await leakwatch(String(program.pid), "--for", "8s", "--format", "json");
    assert.equal(code, 0, stderr);
    const { process, results } = JSON.parse(stdout) as Profile;
    assert.equal(process.runtime, "php");
    assert.ok(
      results.every(({ meaning }) => ["resident-growth", "touched", "not-referenced"].includes(meaning)),
    );
    const { coverage, sites } = await profileWith("smaps", program.pid, "--for", "8s");
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    assert.match(sites[0]!.type ?? "", /^(heap|anonymous)/);
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []);
    assertNothingLeft(program);
  },
});
