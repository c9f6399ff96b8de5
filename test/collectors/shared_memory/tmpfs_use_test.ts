import assert from "node:assert/strict";
import { readTmpfsUse } from "../../../collectors/shared_memory/tmpfs_use.ts";
import { sharedMemoryGrowers } from "../../../rules/findings/shared_memory_growers.ts";
import { requires } from "../../requires.ts";
import { aProcess } from "../../rules/findings/machine.ts";

const MIB = 1024 * 1024;
const ROOTS = { proc: "/proc", sys: "/sys" };

/** Keeps files open, unlinked ones that are only mapped, and leaves some behind, in steps of one line of input. */
const WRITER = `
import mmap, os, sys
kept = []
for step in range(2):
    for i in range(3):
        name = sys.argv[1] + "/%d_%d" % (step, i)
        f = open(name, "w+b"); f.write(b"x" * 2000000); f.flush()
        if i == 0: kept.append(f)
        if i == 1:
            # Python's mmap keeps a descriptor of its own: close it, as C programs do.
            fds = set(os.listdir("/proc/self/fd")); m = mmap.mmap(f.fileno(), 2000000); kept.append(m)
            for fd in set(os.listdir("/proc/self/fd")) - fds:
                try: os.close(int(fd))
                except OSError: pass
            f.close(); os.unlink(name)
        if i == 2: f.close()
    sys.stdout.write("step\\n"); sys.stdout.flush(); sys.stdin.readline()
`;

Deno.test({
  ...requires(
    "tmpfs use, live: held and mapped files by their process, the rest by their user",
    "root",
    "python3",
  ),
  fn: async () => {
    const mount = Deno.makeTempDirSync();
    await new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=64m", "tmpfs", mount] }).output();
    const child = new Deno.Command("python3", {
      args: ["-c", WRITER, mount],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    const writer = child.stdin.getWriter();
    try {
      const process = aProcess(child.pid, { name: "writer", shmem_bytes: 1 });
      await reader.read();
      const first = readTmpfsUse(ROOTS, mount, [process], 10);
      assert.deepEqual(first.is_incomplete, false);
      const of = (use: typeof first) =>
        use.holdings.map(({ pid, name, bytes, objects }) => [pid, name, Math.round(bytes / 2e6), objects]);
      assert.deepEqual(of(first), [[child.pid, "writer", 2, 2], [null, "user root", 1, 1]]);

      await writer.write(new TextEncoder().encode("\n"));
      await reader.read();
      const second = readTmpfsUse(ROOTS, mount, [process], 10);
      const growers = sharedMemoryGrowers(first.holdings, second.holdings, "tmpfs", mount);
      assert.deepEqual(growers.map(({ pid, grown_objects }) => [pid, grown_objects]), [[child.pid, 2], [
        null,
        1,
      ]]);
      assert(growers[0]!.grown_bytes > 3 * MIB && growers[0]!.share > 0.6);
    } finally {
      child.kill("SIGKILL");
      await writer.close().catch(() => {});
      await reader.cancel();
      await child.status;
      await new Deno.Command("umount", { args: [mount] }).output();
      Deno.removeSync(mount);
    }
  },
});

Deno.test("tmpfs use: a mount that is gone has none, and no time is none left", () => {
  assert.deepEqual(readTmpfsUse(ROOTS, "/nonexistent", []), { holdings: [], is_incomplete: true });
  assert.equal(readTmpfsUse(ROOTS, "/dev/shm", [aProcess(1)], -1).is_incomplete, true);
});
