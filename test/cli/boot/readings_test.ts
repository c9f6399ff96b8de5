import assert from "node:assert/strict";
import { parseCpuTimes } from "../../../collectors/kernel/cpu_times.ts";
import { parseLogindSession } from "../../../collectors/kernel/logins.ts";
import { parseModules } from "../../../collectors/kernel/boot_facts.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { BootProgressFile } from "../../../cli/boot/resume.ts";

Deno.test("activity: busy ticks leave idle and iowait out, and count guest time once", () => {
  const text = "cpu  10 1 5 80 4 1 1 2 3 0\ncpu0 1 1 1 1\nprocesses 4711\n";
  assert.deepEqual(parseCpuTimes(text), { busy_ticks: 20, total_ticks: 104, forks: 4711 });
  assert.equal(parseCpuTimes("intr 1 2\n"), null);
});

Deno.test("activity: people count as logged in, greeters and sessions that close do not", () => {
  const session = "UID=1000\nUSER=ann\nSTATE=active\nREMOTE=1\nREMOTE_HOST=10.0.0.9\nCLASS=user\n";
  assert.equal(parseLogindSession(session), "ann (10.0.0.9)");
  assert.equal(parseLogindSession("USER=ann\nSTATE=online\nTTY=tty1\nCLASS=user\n"), "ann (tty1)");
  assert.equal(parseLogindSession(session.replace("active", "closing")), null);
  assert.equal(parseLogindSession("USER=gdm\nSTATE=active\nCLASS=greeter\n"), null);
});

Deno.test("boot facts: modules, the largest first", () => {
  const text = "snd 4096 0 - Live 0x0\nxfs 2048000 2 - Live 0x0 (E)\n";
  assert.deepEqual(parseModules(text), [
    { name: "xfs", size_bytes: 2048000, used_by: 2 },
    { name: "snd", size_bytes: 4096, used_by: 0 },
  ]);
});

Deno.test("boot progress: is found again by the same boot only, and damage is as good as nothing", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const file = new BootProgressFile(directory);
    const progress = { boot: "a:1", started_at_seconds: 1, baseline_used_bytes: 2, done: false };
    const detector = new LeakDetector(), growth = JSON.parse(JSON.stringify(detector));
    await file.write({ ...progress, growth: detector.toJSONParts() });
    assert.deepEqual(await file.read("a:1"), { schema: "leakwatch.boot/2", ...progress, growth });
    assert.equal(await file.read("a:2"), null);
    Deno.writeTextFileSync(`${directory}/boot.json`, '{"schema":"leakwatch.boot/2","boot":');
    assert.equal(await file.read("a:1"), null);
    Deno.writeTextFileSync(
      `${directory}/boot.json`,
      '{"schema":"leakwatch.boot/2","boot":"a:1","growth_gzip":"AAAA"}',
    );
    assert.equal(await file.read("a:1"), null);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
