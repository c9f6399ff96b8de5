/** Shared memory of every kind, made by a real process and found again. */

import assert from "node:assert/strict";
import { Sampler } from "../../../collectors/mod.ts";
import { requires } from "../../requires.ts";

const MIB = 1024 * 1024;

/** Makes a memfd of 3 MiB that is kept open, one of 2 MiB that is only mapped, a POSIX and a System V segment of 1 MiB. */
const MAKER = `
import ctypes, mmap, os, sys
def filled(fd, size):
    os.ftruncate(fd, size)
    view = mmap.mmap(fd, size)
    view.write(b"x" * size)
    return view
held = os.memfd_create("held-open")
os.write(held, b"x" * (3 << 20))
mapped = os.memfd_create("only-mapped")
views = [filled(mapped, 2 << 20)]
os.close(mapped)
path = "/dev/shm/leakwatch-test-%d" % os.getpid()
ring = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
views.append(filled(ring, 1 << 20))
libc = ctypes.CDLL(None)
segment = libc.shmget(0, 1 << 20, 0o1600)
print(segment, flush=True)
sys.stdin.readline()
libc.shmctl(segment, 0, None)
os.unlink(path)
`;

Deno.test({
  ...requires("shared memory: memfd, POSIX and System V are found with their holders", "python3"),
  fn: async () => {
    const maker = new Deno.Command("python3", { args: ["-c", MAKER], stdin: "piped", stdout: "piped" })
      .spawn();
    const reader = maker.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const segment = Number((await reader.read()).value);
    const sampler = new Sampler();
    try {
      // The first round has a budget of time: on a machine with very many processes it takes more than one.
      for (let round = 0; round < 20; round++) {
        sampler.take(true);
        if (sampler.sample.shared_memory!.memfd.some(({ name }) => name === "only-mapped")) break;
      }
      const { memfd, posix, system_v, tmpfs } = sampler.sample.shared_memory!;
      const ours = memfd.filter(({ holders }) => holders.some(({ pid }) => pid === maker.pid));
      assert.deepEqual(
        ours.map(({ name, holders }) => [name, holders.length]).sort(),
        [["held-open", 1], ["only-mapped", 1]],
      );
      assert.equal(ours.find(({ name }) => name === "held-open")!.size_bytes, 3 * MIB);
      assert.equal(ours.find(({ name }) => name === "only-mapped")!.size_bytes, 2 * MIB);
      const file = posix.find(({ name }) => name === `leakwatch-test-${maker.pid}`)!;
      assert.equal(file.size_bytes, MIB);
      assert.deepEqual(file.holders.map(({ pid }) => pid), [maker.pid]);
      const shm = system_v.find(({ id }) => id === segment)!;
      assert.equal(shm.size_bytes, MIB);
      assert.equal(shm.attached, 0);
      assert.equal(shm.creator_pid, maker.pid);
      assert.ok(tmpfs.find(({ mount }) => mount === "/dev/shm")!.used_bytes >= MIB);
    } finally {
      sampler.close();
      const writer = maker.stdin.getWriter();
      await writer.write(new TextEncoder().encode("\n"));
      await writer.close();
      await reader.cancel();
      await maker.status;
    }
  },
});
