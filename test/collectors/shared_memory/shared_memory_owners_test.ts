import assert from "node:assert/strict";
import { LIVE_ROOTS } from "../../../collectors/roots.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import {
  deletedPath,
  readSharedMemoryOwners,
  systemVId,
} from "../../../collectors/shared_memory/shared_memory_owners.ts";

Deno.test("deletedPath and systemVId: what a descriptor's and a mapping's name say", () => {
  assert.equal(deletedPath("/tmp/a b (deleted)"), "/tmp/a b");
  assert.equal(deletedPath("/tmp/a"), null);
  assert.equal(deletedPath("/memfd:x (deleted)"), null);
  assert.equal(deletedPath("socket:[1] (deleted)"), null);
  assert.equal(systemVId("/SYSV00000000 (deleted)", 5), 5);
  assert.equal(systemVId("/tmp/SYSV00000000", 5), null);
});

Deno.test("shared memory owners: finds a deleted file of this very process and tells memory from disk", () => {
  const self = { pid: Deno.pid, name: "me", is_kernel_thread: false, shmem_bytes: 0 } as ProcessSample;
  const held = ["/dev/shm", "/tmp"].map((directory) => {
    const path = `${directory}/leakwatch-test-${crypto.randomUUID()}`;
    const file = Deno.openSync(path, { createNew: true, write: true });
    file.writeSync(new Uint8Array(64 * 1024).fill(7));
    file.syncSync();
    Deno.removeSync(path);
    return { path, file };
  });
  const { deleted } = readSharedMemoryOwners(LIVE_ROOTS, [self], []);
  const [shm, tmp] = held.map(({ path }) => deleted.find((file) => file.path === path));
  for (const { file } of held) file.close();
  assert.equal(shm?.in_memory, true);
  assert.equal(shm?.size_bytes, 64 * 1024);
  assert.deepEqual(shm?.holders, [{ pid: Deno.pid, name: "me" }]);
  assert.ok((tmp?.size_bytes ?? 0) >= 64 * 1024);
});

Deno.test("shared memory owners: the largest files of a mount, and no more of them than asked for", () => {
  const mount = Deno.makeTempDirSync({ dir: "/dev/shm" });
  Deno.mkdirSync(`${mount}/deep`);
  Deno.writeFileSync(`${mount}/deep/large`, new Uint8Array(300_000));
  Deno.writeFileSync(`${mount}/small`, new Uint8Array(5_000));
  Deno.writeFileSync(`${mount}/middle`, new Uint8Array(50_000));
  const tmpfs = [{ mount, used_bytes: 1, size_bytes: null, inodes_used: null }];
  const { tmpfs_files } = readSharedMemoryOwners(LIVE_ROOTS, [], tmpfs, { largest: 2 });
  Deno.removeSync(mount, { recursive: true });
  assert.deepEqual(tmpfs_files.map((file) => file.path), [`${mount}/deep/large`, `${mount}/middle`]);
});
