import assert from "node:assert/strict";
import type { ProcessSample, SharedMemory } from "../../../model/sample.ts";
import { sharedMemoryOwners } from "../../../rules/findings/shared_memory_owners.ts";

const MIB = 1024 * 1024;

const SHARED: SharedMemory = {
  system_v: [
    {
      key: 0,
      id: 7,
      owner: "postgres",
      creator_pid: 50,
      size_bytes: 99 * MIB,
      rss_bytes: 30 * MIB,
      swap_bytes: 2 * MIB,
      attached: 1,
    },
    {
      key: 1,
      id: 8,
      owner: "old",
      creator_pid: 51,
      size_bytes: 9 * MIB,
      rss_bytes: 9 * MIB,
      swap_bytes: 0,
      attached: 0,
    },
  ],
  posix: [{ name: "ring", size_bytes: 20 * MIB, owner: "app", holders: [] }],
  memfd: [{ name: "pulse", size_bytes: 4 * MIB, inode: 3, holders: [{ pid: 60, name: "pulse" }] }],
  tmpfs: [
    { mount: "/dev/shm", used_bytes: 20 * MIB, size_bytes: null, inodes_used: 1 },
    { mount: "/run/it's", used_bytes: 50 * MIB, size_bytes: 100 * MIB, inodes_used: 4 },
    { mount: "/empty", used_bytes: 0, size_bytes: null, inodes_used: 0 },
  ],
};
const PROCESSES = [{ pid: 50, name: "postgres" }] as ProcessSample[];
const READ = {
  attached: new Map([[7, [{ pid: 50, name: "postgres" }]]]),
  deleted: [{
    path: "/var/log/huge",
    size_bytes: 70 * MIB,
    in_memory: false,
    holders: [{ pid: 9, name: "d" }],
  }],
  tmpfs_files: [{ mount: "/run/it's", path: "/run/it's/a", size_bytes: 40 * MIB }],
  incomplete: false,
};

Deno.test("shared memory owners: largest first, each with holders, creator, orphans", () => {
  const { rows } = sharedMemoryOwners(SHARED, PROCESSES, READ);
  assert.deepEqual(rows.map((row) => [row.kind, row.name, row.bytes / MIB, row.is_orphan]), [
    ["deleted-file", "/var/log/huge", 70, false],
    ["tmpfs", "/run/it's", 50, false],
    ["system-v", "7", 32, false],
    ["posix", "ring", 20, true],
    ["system-v", "8", 9, true],
    ["memfd", "pulse", 4, false],
  ]);
  const segment = rows.find((row) => row.name === "7")!;
  assert.deepEqual([segment.creator, segment.holders], [{ pid: 50, name: "postgres" }, READ.attached.get(7)]);
  assert.deepEqual(rows[1]!.files, [{ path: "/run/it's/a", bytes: 40 * MIB }]);
  assert.equal(rows[1]!.next_step, "du -xam '/run/it'\\''s' | sort -n | tail");
  assert.match(rows[4]!.next_step, /ipcrm -m 8/);
});

Deno.test("shared memory owners: not having looked is not the same as nobody", () => {
  const isOrphan = (read: typeof READ | null) =>
    sharedMemoryOwners(SHARED, PROCESSES, read).rows.find((row) => row.kind === "posix")!.is_orphan;
  assert.equal(isOrphan(null), false);
  assert.equal(isOrphan({ ...READ, incomplete: true }), false);
});

Deno.test("shared memory owners: what is left of Shmem has no visible holder; files on disk do not count", () => {
  const known = 20 + 50 + 4 + 30 + 9;
  const report = sharedMemoryOwners(SHARED, PROCESSES, READ, (known + 500) * MIB);
  assert.equal(report.unattributed_bytes, 500 * MIB);
  assert.match(report.notes.join("\n"), /500 MiB of shared memory have no visible holder/);
  assert.match(report.notes.join("\n"), /70 MiB of disk, not of memory/);
  assert.equal(sharedMemoryOwners(SHARED, PROCESSES, READ, 5 * MIB).unattributed_bytes, 0);
  assert.equal(sharedMemoryOwners(SHARED, PROCESSES).unattributed_bytes, null);
  assert.equal(
    sharedMemoryOwners({ ...SHARED, tmpfs: [] }, PROCESSES, READ, 500 * MIB).unattributed_bytes,
    null,
  );
});
