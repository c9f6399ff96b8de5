/** `leakwatch profile` on a real Ruby: the class and the line of a leak, without harm and without traces. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { LeakingProgram, source } from "./leaking_program.ts";
import { assertNothingLeft, killedProfile, profileWith } from "./run_profile.ts";

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
    await using program = await startRuby();
    const args = [String(program.pid), "--method", "ruby-allocations", "--yes", "--yes", "--for", "2s"];
    const began = performance.now();
    await profileWith("ruby-allocations", program.pid, "--for", "2s");
    const whole = performance.now() - began;
    for (let kill = 0; kill < 20; kill++) {
      await killedProfile((kill + 0.5) / 20 * whole, ...args);
      assertNothingLeft(program);
      await program.assertUnharmed();
    }
    // Were it still noting allocations, this would be refused.
    await profileWith("ruby-allocations", program.pid, "--for", "1s");
    assert.deepEqual(program.errors, []);
  },
});
