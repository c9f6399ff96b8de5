/** Real podman in a guest with a kernel of its own and a pure cgroup v2. */

import assert from "node:assert/strict";
import { assertContainers, assertFindings, assertRootless, container, LEAK } from "./container_checks.ts";
import { lab, LAB_PARTS, parseLab, rootless } from "./container_lab.ts";
import { bundleProgram } from "../../scripts/bundle.ts";
import type { Look } from "./containers_look.ts";
import { requires } from "../requires.ts";

const MIB = 1024 * 1024;

/** Runs the look in a cgroup of its own, seen from a cgroup namespace of its own. */
const INSIDE = `set -e
mkdir -p /sys/fs/cgroup/e2e-inside
echo 300M > /sys/fs/cgroup/e2e-inside/memory.max
echo $$ > /sys/fs/cgroup/e2e-inside/cgroup.procs
exec unshare --cgroup --mount sh -c 'umount /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && exec "$@" 4 2' bash "$@"`;

Deno.test(requires("containers: a guest with a pure cgroup v2", ...LAB_PARTS), async () => {
  // Software emulation: everything takes some ten times as long, so the leak has six minutes until its limit.
  const slow = { LEAK_SECONDS: "2", LEAK_KB: "512" };
  await rootless(["prepare"]);
  // One file with all it needs: the guest has no network, and not this user's caches. Made before the guest starts, which
  // sees this machine's files as they are then.
  const directory = Deno.makeTempDirSync();
  const look = `${directory}/look.js`;
  await bundleProgram(look, "test/end_to_end/containers_look.ts");
  const lookFor = [Deno.execPath(), "run", "-A", "--no-config", "--no-lock", "--no-remote", "--no-npm", look];
  try {
    const made = parseLab(await lab(["guest-up", "podman"], { ...LEAK, ...slow }));
    const told = await takeLook([...lookFor, "100", "2"]);
    assert.equal(told.version, "v2");
    assertContainers(told, made, ["podman"]);
    assertFindings(told, made, ["podman"]);
    const leaker = container(told, made, "podman", "lab-leaker");
    assert.ok(leaker.kernel_unreclaimable_bytes! > 0 && leaker.oom_events === 0);
    const thrash = container(told, made, "podman", "lab-thrash");
    assert.ok(thrash.pressure_some_microseconds! > 0, "pressure of a container");
    assert.ok(told.kernel!.cgroups! > 5);

    const user = parseLab(await lab(["guest-rootless"], slow));
    const later = await takeLook([...lookFor, "90", "2"]);
    const id = user.ids["podman lab-rootless"]!;
    const owned = assertRootless(later, id);
    assert.match(owned.cgroup, /^\/user\.slice\/user-4242\.slice\//);
    assert.ok(owned.anon_bytes! > 10 * MIB);

    // As a container sees it: a cgroup namespace of its own, whose root is the container.
    const seen = await takeLook(["bash", "-c", INSIDE, "bash", ...lookFor]);
    const own = seen.containers.filter((entry) => entry.cgroup !== "");
    assert.deepEqual(own.map((entry) => [entry.cgroup, entry.limit_bytes]), [["/", 300 * MIB]]);
    assert.ok(own[0]!.anon_bytes! > 10 * MIB, "leakwatch itself is in it");
    assert.ok(
      seen.processes.some((process) => process.name === "deno" && process.container === own[0]!.id),
    );
  } finally {
    await lab(["guest-down"]);
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Under emulation V8 has run into code that it holds unreachable; the second try did not. */
async function takeLook(command: readonly string[]): Promise<Look> {
  const run = () => lab(["guest-exec", ...command]);
  const text = await run().catch((error) => {
    if (/panicked|Fatal error/.test(String(error))) return run();
    throw error;
  });
  return JSON.parse(text.trim().split("\n").at(-1)!) as Look;
}
