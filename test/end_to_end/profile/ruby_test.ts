/** `leakwatch profile` on a real Ruby: the class and the line of a leak, without harm and without traces. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { killTwenty, startMany } from "./killed_profiles.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertNothingLeft, profileWith } from "./run_profile.ts";

function startRuby(): Promise<LeakingProgram> {
  return LeakingProgram.start(["ruby", source("leak_bookings.rb")]);
}

Deno.test({
  ...requires("profile: the class that leaks in Ruby", "ruby", "gdb", "root"),
  fn: async () => {
    await using program = await startRuby();
    const { sites, coverage } = await profileWith("ruby-types", program.pid, "--for", "8s");
    assert.match(sites[0]!.type ?? "", /^Booking\b/);
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    assert.ok(sites.every(({ type }) => !type!.includes("CacheEntry")));
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []);
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: the line that leaks in Ruby", "ruby", "gdb", "root"),
  fn: async () => {
    await using program = await startRuby();
    const { sites, coverage } = await profileWith("ruby-allocations", program.pid, "--for", "15s");
    const line = Number(sites[0]!.stack[0]!.split(":").at(-1));
    assert.match(Deno.readTextFileSync(source("leak_bookings.rb")).split("\n")[line - 1]!, /@notes = /);
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []);
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: twenty kills while Ruby notes allocations leave nothing", "ruby", "gdb", "root"),
  fn: async () => {
    await using programs = await startMany(startRuby);
    const args = ["--method", "ruby-allocations", "--yes", "--yes", "--for", "1s"];
    await killTwenty(programs.all, args, assertNothingLeft);
    // Were they still noting allocations, this would be refused.
    const again = programs.all.map(({ pid }) => profileWith("ruby-allocations", pid, "--for", "1s"));
    await Promise.all(again);
    for (const { errors } of programs.all) assert.deepEqual(errors, []);
  },
});
