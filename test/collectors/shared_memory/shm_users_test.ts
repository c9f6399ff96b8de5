import assert from "node:assert/strict";
import { CgroupWatch } from "../../../collectors/cgroup/cgroup_watch.ts";
import { LIVE_ROOTS, type Roots } from "../../../collectors/roots.ts";
import { inOrder, shmUsersCollector } from "../../../collectors/shared_memory/shm_users.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import { requires } from "../../requires.ts";
import { aProcess } from "../../rules/findings/machine.ts";

/** A proc root with many processes of ten descriptors each. */
function manyProcesses(count: number): string {
  const proc = Deno.makeTempDirSync();
  for (let pid = 1; pid <= count; pid++) {
    Deno.mkdirSync(`${proc}/${pid}/fd`, { recursive: true });
    Deno.symlinkSync("/bin/true", `${proc}/${pid}/exe`);
    for (let fd = 0; fd < 10; fd++) Deno.symlinkSync("/dev/null", `${proc}/${pid}/fd/${fd}`);
  }
  return proc;
}

Deno.test("shared holders: a few processes at a time, and in the end everybody", () => {
  const proc = manyProcesses(300);
  const collector = shmUsersCollector();
  const sample = emptySample();
  sample.processes = Array.from({ length: 300 }, (_, index) => aProcess(index + 1, { shmem_bytes: 0 }));
  // Each round has a budget of time, and on a busy machine one may read nobody.
  for (let round = 0; round < 1000; round++) {
    collector.collect(sample, contextOf({ ...LIVE_ROOTS, proc }));
    if (sample.unread_holders!.size === 0) break;
  }
  assert.equal(sample.unread_holders!.size, 0);
  Deno.removeSync(proc, { recursive: true });
});

Deno.test("shared holders: who takes descriptors is looked at again though new programs start all the time", () => {
  const seen = { open_descriptors: 10, shmem_bytes: 0, round: 5 };
  const known = new Map([[1, seen], [2, { ...seen, round: 4 }]]);
  const at = (pid: number, open_descriptors: number) => aProcess(pid, { open_descriptors, shmem_bytes: 0 });
  const order = (leaking: number) =>
    inOrder([at(1, leaking), at(2, 10), at(3, 12), at(4, 90)], known).map(({ pid }) => pid);
  assert.deepEqual(order(30), [1, 4, 3, 2]);
  assert.deepEqual(order(12), [4, 3, 2, 1]);
});

const HOLDING = `
import os, sys
kept = [os.memfd_create("frame") for _ in range(400)]
for f in kept: os.write(f, b"x" * 4096)
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.read()
`;

const contextOf = (roots: Roots) => ({
  roots,
  cgroups: new CgroupWatch(roots, () => {}),
  unavailable: () => {},
});

Deno.test({
  ...requires(
    "shared holders, live: in the first round the process with most descriptors is among those read",
    "python3",
  ),
  fn: async () => {
    const child = new Deno.Command("python3", { args: ["-c", HOLDING], stdin: "piped", stdout: "piped" })
      .spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const sample = emptySample();
    // Behind everybody else in the list, and with more descriptors than anybody.
    const others = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) =>
      pid > 0 && pid !== child.pid
    );
    sample.processes = [
      ...others.map((pid) => aProcess(pid, { open_descriptors: 10 })),
      aProcess(child.pid, { open_descriptors: 403 }),
    ];
    shmUsersCollector().collect(sample, contextOf(LIVE_ROOTS));
    const held = sample.shared_memory!.memfd.filter(({ holders }) =>
      holders.some(({ pid }) => pid === child.pid)
    );
    await child.stdin.close();
    await reader.cancel();
    await child.status;
    assert.equal(held.length, 400);
  },
});
