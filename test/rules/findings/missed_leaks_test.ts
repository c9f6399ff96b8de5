/** Leaks that were overlooked once. */

import assert from "node:assert/strict";
import type { Sample, SharedMemory, SystemVSegment } from "../../../model/sample.ts";
import type { Finding } from "../../../model/finding.ts";
import { LeakDetector, type LeakDetectorOptions } from "../../../rules/findings/mod.ts";
import { aProcess, GiB, MiB, samples, someMemory } from "./machine.ts";

const STEP = 15;

function found(
  seconds: number,
  fill: (sample: Sample, second: number) => void,
  options: LeakDetectorOptions = {},
): Finding[] {
  const detector = new LeakDetector(options);
  for (const sample of samples(seconds / STEP, STEP, (each, i) => fill(each, i * STEP))) {
    detector.observe(sample);
  }
  return detector.findings();
}

const leak = (findings: readonly Finding[], kind: string, name: string): Finding => {
  const all = findings.map((each) =>
    `${each.kind} ${each.subject.name} ${each.verdict} ${each.probability}: ${each.evidence}`
  );
  const finding = findings.find((each) => each.kind === kind && each.subject.name === name);
  assert.ok(finding, all.join("\n"));
  assert.equal(finding.verdict, "leak", all.join("\n"));
  return finding;
};

Deno.test("missed once: a leak goes on being one after a jump, with the rate that it has beside it", () => {
  const bytesPerHour = 240 * MiB;
  const { rate_per_hour } = leak(
    found(2700, (sample, second) => {
      const jump = second >= 1200 ? 200 * MiB : 0;
      const anon_bytes = 40 * MiB + jump + (bytesPerHour * second) / 3600;
      sample.processes = [
        aProcess(10, { anon_bytes, started_at_seconds: sample.time_seconds - second - 600 }),
      ];
    }),
    "process-memory",
    "program-10",
  );
  assert.ok(Math.abs(rate_per_hour!.mid / bytesPerHour - 1) < 0.25, JSON.stringify(rate_per_hour));
});

Deno.test("missed once: mounts left behind", () => {
  const kernel = (mounts: number) => ({ mounts }) as Sample["kernel"];
  leak(
    found(1800, (sample, second) => {
      sample.kernel = kernel(30 + Math.floor(second / STEP));
    }),
    "kernel-memory",
    "mounts",
  );
});

const segment = (id: number): SystemVSegment => ({
  ...{ id, key: 0, size_bytes: 4 * MiB, creator_pid: 10, last_pid: 10, attached: 0 },
  ...{ rss_bytes: 0, swap_bytes: 0, owner: "app" },
} as unknown as SystemVSegment);

Deno.test("missed once: System V segments that nobody touches hold no memory, and are counted", () => {
  const finding = leak(
    found(1800, (sample, second) => {
      const system_v = Array.from({ length: 5 + Math.floor(second / 30) }, (_, id) => segment(id));
      sample.shared_memory = { system_v, posix: [], memfd: [], tmpfs: [] } as SharedMemory;
    }),
    "shared-memory",
    "System V segments",
  );
  assert.equal(finding.unit, "count");
  assert.match(
    finding.evidence,
    /64 of 64 were created by process 10 of app, and to 64 no process is attached/,
  );
});

Deno.test("missed once: memory in memfd files, with the process that holds them", () => {
  const finding = leak(
    found(2400, (sample, second) => {
      const files = 1 + Math.floor(second / STEP);
      sample.processes = [
        aProcess(10, { name: "compositor" }),
        aProcess(11, { name: "client", open_descriptors: 20 }),
      ];
      const holders = [{ pid: 11, name: "client" }];
      sample.shared_memory = {
        ...{ system_v: [], posix: [], tmpfs: [] },
        memfd: Array.from(
          { length: files },
          (_, k) => ({ name: "buffer", size_bytes: 4 * MiB, inode: 100 + k, holders }),
        ),
      };
      const used = files * 4 * MiB;
      sample.memory = someMemory({ shmem_bytes: 100 * MiB + used, available_bytes: 8 * GiB - used });
    }),
    "shared-memory",
    "memfd",
  );
  assert.match(finding.evidence, /client \(11\) took \d+ MiB of it in \d+ files/);
});

Deno.test("missed once: a process that was met while the book was full is watched when others have ended", () => {
  leak(
    found(3000, (sample, second) => {
      const others = second < 900 ? 60 : 10;
      const anon_bytes = (40 + second / 5) * MiB;
      sample.processes = [
        ...Array.from({ length: others }, (_, k) => aProcess(k + 1)),
        // The last that is met, and older than its growth is long.
        aProcess(1000, { name: "late", anon_bytes, started_at_seconds: sample.time_seconds - second - 200 }),
      ];
    }, { max_series: 50 }),
    "process-memory",
    "late",
  );
});
