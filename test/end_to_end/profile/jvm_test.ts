/** `leakwatch profile` on a real JVM: the class, the line and the holder of a leak, without harm and without traces. */

import assert from "node:assert/strict";
import { runDiagnosticCommand } from "../../../profile/jvm/attach.ts";
import { readTarget } from "../../../profile/target.ts";
import { requires } from "../../requires.ts";
import { killTwenty, startMany } from "./killed_profiles.ts";
import { built, LeakingProgram, source, type StartOptions } from "./leaking_program.ts";
import { assertNothingLeft, profileWith, refusalOf } from "./run_profile.ts";

const PARTS = ["java", "javac"] as const;

async function startJava(
  { flags = [], name = "LeakOrders", ...where }: StartOptions & { flags?: string[]; name?: string } = {},
): Promise<LeakingProgram> {
  const classes = await built(`${name}.java`, (directory) => ["javac", "-g", "-d", directory]);
  return await LeakingProgram.start(["java", "-Xmx1g", ...flags, "-cp", classes, name], where);
}

/** The class of the leak, and what lies in it, for most of the growth; neither the cache nor the garbage. */
function assertClass({ sites, coverage }: Awaited<ReturnType<typeof profileWith>>): void {
  assert.match(sites[0]!.type ?? "", /^LeakOrders\$OrderRecord\b/);
  assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
  assert.ok(sites.slice(0, 1).every(({ type }) => !type!.includes("CacheEntry")));
}

Deno.test({
  ...requires("profile: a class histogram names the class that leaks", ...PARTS),
  fn: async () => {
    await using program = await startJava();
    assertClass(await profileWith("jvm-histogram", program.pid, "--for", "8s"));
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []);
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: old objects name the line and the holder", ...PARTS, "jfr"),
  fn: async () => {
    await using program = await startJava();
    const result = await profileWith("jvm-old-objects", program.pid, "--for", "25s");
    assertClass(result);
    const { stack, held_by } = result.sites[0]!;
    const lines = Deno.readTextFileSync(source("LeakOrders.java")).split("\n");
    const line = Number(stack.find((frame) => frame.startsWith("LeakOrders.recordAudit "))?.split(":")[1]);
    assert.match(lines[line - 1] ?? "", /new OrderRecord|record\.fields\.put/);
    assert.match(held_by ?? "", /java\.util\.ArrayList\.elementData <- static LeakOrders\.audit$/);
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []);
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: a JVM with its own mounts, processes and network", ...PARTS, "unshare", "root"),
  fn: async () => {
    await using program = await startJava({ isolated: true });
    assertClass(await profileWith("jvm-histogram", program.pid, "--for", "8s"));
    await program.assertUnharmed();
    assertNothingLeft(program);
    assert.ok(Deno.lstatSync(`/proc/${program.pid}/root/tmp/.java_pid1`).isSocket);
  },
});

Deno.test({
  ...requires("profile: what a JVM leaks outside its heap", ...PARTS),
  fn: async () => {
    const flags = ["-XX:NativeMemoryTracking=summary"];
    await using program = await startJava({ name: "LeakOutsideHeap", flags });
    const native = await profileWith("jvm-native-memory", program.pid, "--for", "8s");
    // Direct buffers: 1 MiB/s in "Other".
    assert.match(native.sites[0]!.type ?? "", /^Other /);
    assert.ok((native.coverage ?? 0) >= 0.6, `coverage ${native.coverage}`);
    const loaders = await profileWith("jvm-class-loaders", program.pid, "--for", "5s");
    assert.match(loaders.sites[0]!.type ?? "", /^class loader LeakOutsideHeap\$PluginLoader$/);
    assert.ok(loaders.sites[0]!.count! >= 10);
    await program.assertUnharmed();
    assertNothingLeft(program);
  },
});

Deno.test({
  ...requires("profile: native memory that is not tracked is not offered", ...PARTS),
  fn: async () => {
    await using program = await startJava();
    assert.match(
      await refusalOf("jvm-native-memory", program.pid),
      /started without -XX:NativeMemoryTracking/,
    );
    await program.assertUnharmed();
  },
});

Deno.test({
  ...requires("profile: a JVM that does not catch SIGQUIT is left alone", ...PARTS),
  fn: async () => {
    await using program = await startJava({ flags: ["-Xrs"] });
    assert.match(await refusalOf("jvm-histogram", program.pid), /SIGQUIT is not caught/);
    await program.assertUnharmed();
  },
});

Deno.test({
  ...requires("profile: a JVM whose /tmp is a symbolic link is refused", ...PARTS, "unshare", "root"),
  fn: async () => {
    const outside = Deno.makeTempDirSync({ prefix: "outside-" });
    await using program = await startJava({ tmp_link: outside });
    assert.match(
      await refusalOf("jvm-histogram", program.pid),
      /\/tmp of process \d+: it is a symbolic link/,
    );
    assert.deepEqual([...Deno.readDirSync(outside)], []);
    await program.assertUnharmed();
  },
});

Deno.test({
  ...requires("profile: twenty kills in the middle of a recording leave nothing", ...PARTS, "jfr"),
  fn: async () => {
    await using programs = await startMany(() => startJava({ flags: ["-Xms64m", "-Xmx256m"] }));
    await killTwenty(
      programs.all,
      ["--method", "jvm-old-objects", "--yes", "--for", "1s"],
      assertNothingLeft,
    );
    for (const { pid } of programs.all) {
      assert.match(await runDiagnosticCommand(readTarget(pid), "JFR.check"), /No available recordings/);
    }
  },
});
