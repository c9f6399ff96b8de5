/** `leakwatch profile` on real native programs: the function that leaks, without harm and without traces. */

import assert from "node:assert/strict";
import { findTracefs } from "../../../profile/native/tracefs.ts";
import { requires } from "../../requires.ts";
import { killTwenty, startMany } from "./killed_profiles.ts";
import { built, LeakingProgram, waitFor } from "./leaking_program.ts";
import { assertUnlocked, leakwatch, profileWith } from "./run_profile.ts";

const compile = (compiler: string, ...flags: string[]) => (directory: string) => [
  compiler,
  "-O2",
  ...flags,
  "-o",
  `${directory}/program`,
];

/** No probe of ours in the kernel on a library of this program; other lanes probe others meanwhile. */
function assertNoProbes(pid: number): void {
  const tracefs = findTracefs();
  if (tracefs === null) return;
  const probes = Deno.readTextFileSync(`${tracefs}/uprobe_events`).split("\n");
  assert.deepEqual(
    probes.filter((line) => line.includes(":leakwatch_") && line.includes(` /proc/${pid}/`)),
    [],
  );
}

Deno.test({
  ...requires(
    "profile: malloc pairing names the function and line that leak",
    "perf",
    "g++",
    "addr2line",
    "root",
  ),
  fn: async () => {
    await using program = await LeakingProgram.start([
      `${await built("leak_native.cpp", compile("g++", "-g"))}/program`,
    ]);
    const { sites, coverage, meaning } = await profileWith("perf-malloc", program.pid, "--for", "8s");
    assert.match(sites[0]!.stack.slice(0, 3).join("\n"), /^remember_session \S*leak_native\.cpp:\d+$/m);
    assert.ok(sites[0]!.share! >= 0.6, `share ${sites[0]!.share}`);
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    assert.equal(meaning, "outstanding");
    const churn = sites.filter(({ stack }) => stack.join("\n").includes("healthy_churn"));
    assert.ok(churn.every(({ share }) => share! < 0.05), JSON.stringify(churn));
    await program.assertUnharmed();
    assertUnlocked(program.pid);
    assertNoProbes(program.pid);
  },
});

Deno.test({
  ...requires("profile: malloc pairing tells the places of a stripped program", "perf", "g++", "root"),
  fn: async () => {
    const directory = await built("leak_native.cpp", compile("g++", "-s"));
    await using program = await LeakingProgram.start([`${directory}/program`]);
    const { sites } = await profileWith("perf-malloc", program.pid, "--for", "6s");
    assert.match(sites[0]!.stack[1]!, /^0x[0-9a-f]+ \(program\)$/);
    assert.ok(sites[0]!.share! >= 0.6, `share ${sites[0]!.share}`);
    await program.assertUnharmed();
    assertNoProbes(program.pid);
  },
});

Deno.test({
  ...requires("profile: auto finds who maps without unmapping, before any probe", "perf", "gcc", "root"),
  fn: async () => {
    const directory = await built("leak_frames.c", compile("gcc", "-g"));
    await using program = await LeakingProgram.start([`${directory}/program`]);
    const { code, stdout } = await leakwatch(String(program.pid), "--for", "6s");
    assert.equal(code, 0);
    assert.match(stdout, /WHAT GROWS +perf-mmap/);
    assert.match(stdout, /comes from (render_frame|map_buffer)/);
    assert.doesNotMatch(stdout, /healthy_scratch/);
    await program.assertUnharmed();
    assertUnlocked(program.pid);
    assertNoProbes(program.pid);
  },
});

Deno.test({
  ...requires(
    "profile: a native program with its own mounts and processes",
    "perf",
    "g++",
    "unshare",
    "root",
  ),
  fn: async () => {
    const directory = await built("leak_native.cpp", compile("g++", "-g"));
    await using program = await LeakingProgram.start([`${directory}/program`], { isolated: true });
    const { sites } = await profileWith("perf-malloc", program.pid, "--for", "6s");
    assert.match(sites[0]!.stack.join("\n"), /remember_session/);
    await program.assertUnharmed();
    assertNoProbes(program.pid);
  },
});

Deno.test({
  ...requires("profile: page faults are called a hint", "perf", "g++", "root"),
  fn: async () => {
    await using program = await LeakingProgram.start([
      `${await built("leak_native.cpp", compile("g++", "-g"))}/program`,
    ]);
    const result = await profileWith("page-faults", program.pid, "--for", "4s");
    assert.equal(result.meaning, "touched");
    const { stdout } = await leakwatch(String(program.pid), "--method", "page-faults", "--for", "3s");
    assert.match(stdout, /^NOT EXPLAINED/m);
    assert.match(stdout, /a hint, not what\s+keeps it/);
    await program.assertUnharmed();
  },
});

Deno.test({
  ...requires("profile: twenty kills in the middle of malloc pairing leave no probe", "perf", "g++", "root"),
  fn: async () => {
    const directory = await built("leak_native.cpp", compile("g++", "-g"));
    await using programs = await startMany(() => LeakingProgram.start([`${directory}/program`]));
    const before = new Set(temporaryDirectories()), seen = new Set<string>();
    await killTwenty(programs.all, ["--method", "perf-malloc", "--yes", "--for", "1s"], ({ pid }) => {
      assertUnlocked(pid);
      assertNoProbes(pid);
      temporaryDirectories().filter((name) => !before.has(name)).forEach((name) => seen.add(name));
    });
    // Another profile of this machine may have been at work meanwhile, of a watch even; its directory goes when it ends.
    await waitFor(
      "the directories to go",
      () => temporaryDirectories().every((name) => !seen.has(name)) || null,
      300,
    );
  },
});

const temporaryDirectories = () =>
  [...Deno.readDirSync("/var/tmp")].map(({ name }) => name).filter((name) =>
    name.startsWith("leakwatch-profile-")
  );
