/** Who a process is, and that it still is the same. */

import assert from "node:assert/strict";
import { ProfileError } from "../../profile/errors.ts";
import { assertUntraced } from "../../profile/guards/tracer.ts";
import { assertSame, isSame, readStartTicks, readTarget } from "../../profile/target.ts";

function withProc(make: (proc: string) => void, test: (proc: string) => void): void {
  const proc = Deno.makeTempDirSync();
  try {
    make(proc);
    test(proc);
  } finally {
    Deno.removeSync(proc, { recursive: true });
  }
}

function writeProcess(
  proc: string,
  pid: number,
  { name = "node", state = "S", ticks = 4471, status = "" }: {
    name?: string;
    state?: string;
    ticks?: number;
    status?: string;
  },
): void {
  Deno.mkdirSync(`${proc}/${pid}`, { recursive: true });
  Deno.writeTextFileSync(`${proc}/${pid}/stat`, `${pid} (${name}) ${state}${" 0".repeat(18)} ${ticks} 0 0\n`);
  Deno.writeTextFileSync(`${proc}/${pid}/comm`, `${name}\n`);
  Deno.writeTextFileSync(
    `${proc}/${pid}/status`,
    `Name:\t${name}\nState:\t${state} (sleeping)\nTgid:\t${pid}\nUid:\t0\t1000\t0\t0\nGid:\t0\t1001\t0\t0\nNSpid:\t${pid}\t17\nVmRSS:\t100 kB\n${status}`,
  );
}

Deno.test("target: this very process", () => {
  const target = readTarget(Deno.pid);
  assert.equal(target.runtime, "deno");
  assert.ok(target.same_net && target.same_mnt && target.same_pid);
  assert.ok(Math.abs(Date.parse(target.start_time) - Date.now()) < 3_600_000);
  assertSame(target);
});

Deno.test("target: names with parentheses do not move the fields", () =>
  withProc((proc) => writeProcess(proc, 7, { name: "a) S 1 (b" }), (proc) => {
    assert.equal(readStartTicks(7, proc), 4471);
    const target = readTarget(7, proc);
    assert.deepEqual([target.uid, target.gid, target.ns_pid, target.name], [1000, 1001, 17, "a) S 1 (b"]);
  }));

Deno.test("target: a pid given to another process, and one that has ended, are told apart", () =>
  withProc((proc) => writeProcess(proc, 7, {}), (proc) => {
    const target = readTarget(7, proc);
    writeProcess(proc, 7, { ticks: 9000 });
    assert.throws(
      () => assertSame(target),
      (error: Error) => error instanceof ProfileError && /another process now/.test(error.message),
    );
    assert.equal(isSame(target), false);
    writeProcess(proc, 7, { state: "Z" });
    assert.throws(() => assertSame(target), /has ended/);
    Deno.removeSync(`${proc}/7`, { recursive: true });
    assert.throws(() => assertSame(target), /has ended/);
  }));

Deno.test("target: what cannot be profiled is refused in one line", () =>
  withProc((proc) => {
    writeProcess(proc, 7, { state: "Z" });
    writeProcess(proc, 8, {});
    Deno.writeTextFileSync(`${proc}/8/status`, "Name:\tkworker\nState:\tI\nTgid:\t8\n");
    writeProcess(proc, 9, {});
    Deno.writeTextFileSync(`${proc}/9/status`, "Name:\tt\nState:\tS\nTgid:\t5\n");
  }, (proc) => {
    for (
      const [pid, message] of [[7, /zombie/], [8, /kernel thread/], [9, /thread of process 5/], [
        10,
        /no process 10/,
      ]] as const
    ) {
      assert.throws(() => readTarget(pid, proc), (error: Error) =>
        error instanceof ProfileError && message.test(error.message) && !error.message.includes("\n"));
    }
  }));

Deno.test("target: one that is being traced is refused", () =>
  withProc((proc) => writeProcess(proc, 7, { status: "TracerPid:\t812\n" }), (proc) => {
    assert.throws(() => assertUntraced({ pid: 7, proc }), /traced by process 812/);
    writeProcess(proc, 7, { status: "TracerPid:\t0\n" });
    assertUntraced({ pid: 7, proc });
  }));
