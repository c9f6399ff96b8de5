/** Machines on which memory moves and nobody leaks; each was accused once. */

import assert from "node:assert/strict";
import { emptySample } from "../../../model/empty_sample.ts";
import type { Sample } from "../../../model/sample.ts";
import type { Finding } from "../../../model/finding.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { aProcess, aUnit, GiB, MiB, samples, someMemory } from "./machine.ts";

const MINUTE = 60, HOUR = 3600, START = 1_700_000_000;
const STEP = 15;

/** What was found at any time, evaluated every five minutes. */
function found(
  seconds: number,
  fill: (sample: Sample, second: number) => void,
): { second: number; findings: Finding[] }[] {
  const detector = new LeakDetector({ confirmations: 3 });
  const all: { second: number; findings: Finding[] }[] = [];
  for (const sample of samples(seconds / STEP, STEP, (each, i) => fill(each, i * STEP), START)) {
    detector.observe(sample);
    const second = sample.time_seconds - START;
    if (second % (5 * MINUTE) === 0) all.push({ second, findings: detector.findings() });
  }
  return all;
}

const texts = (evaluations: ReturnType<typeof found>) =>
  evaluations.flatMap(({ second, findings }) =>
    findings.map(({ kind, subject, verdict, evidence }) =>
      `${second} s: ${kind} ${subject.name} ${verdict}: ${evidence}`
    )
  );

/** Share of a way that begins and ends. */
const progress = (second: number, begin: number, end: number) =>
  Math.max(0, Math.min(1, (second - begin) / (end - begin)));

/** 1.5 GiB of ten idle programs go to swap within half an hour, and stay there. */
function swapsOut(sample: Sample, second: number, onZram: boolean): void {
  const swapped = 1.5 * GiB * progress(second, 10 * MINUTE, 40 * MINUTE);
  const zram_bytes = onZram ? swapped / 3 : null;
  // Pages that are read back are in both for a while.
  const swap_cached_bytes = swapped / 20;
  sample.memory = someMemory({
    anon_bytes: 6 * GiB - swapped,
    swap_total_bytes: 4 * GiB,
    swap_free_bytes: 4 * GiB - swapped - swap_cached_bytes,
    swap_cached_bytes,
    available_bytes: 4 * GiB + swapped - (zram_bytes ?? 0),
    unaccounted_bytes: 50 * MiB + (zram_bytes ?? 0),
  });
  sample.swap_devices = [{
    name: onZram ? "/dev/zram0" : "/dev/vda2",
    type: "partition",
    size_bytes: 4 * GiB,
    used_bytes: swapped,
    priority: 100,
  }];
  sample.updated = new Set(["meminfo", "processes"]);
  if (second % MINUTE === 0) {
    sample.kernel = { ...emptySample().kernel, zram_bytes } as Sample["kernel"];
    (sample.updated as Set<string>).add("kernel_memory");
  }
  sample.processes = Array.from(
    { length: 10 },
    (_, k) => aProcess(100 + k, { anon_bytes: 500 * MiB - swapped / 10, swap_bytes: swapped / 10 }),
  );
}

Deno.test("healthy machines: idle pages swapped out to a disk, and nothing grows", () => {
  assert.deepEqual(texts(found(3 * HOUR, (sample, second) => swapsOut(sample, second, false))), []);
});

Deno.test("healthy machines: idle pages swapped out to zram, which takes a third of them, and nothing grows", () => {
  assert.deepEqual(texts(found(3 * HOUR, (sample, second) => swapsOut(sample, second, true))), []);
});

/** Each hour, for twenty minutes: 800 MiB are loaded in ten of them, and worked on. */
function batchJob(sample: Sample, second: number): void {
  const run = Math.floor(second / HOUR), age = second % HOUR;
  const runs = run < 3 && age < 20 * MINUTE;
  const anon_bytes = (100 + 800 * progress(age, 0, 10 * MINUTE)) * MiB;
  const unit = "report.service", cgroup = `/system.slice/${unit}`;
  const started_at_seconds = START + run * HOUR;
  sample.processes = runs
    ? [aProcess(100 + run, {
      ...{ name: "python3", command: "python3 /srv/report.py", anon_bytes, cpu_seconds: age / 2 },
      ...{ unit, cgroup, start_ticks: run * HOUR * 100, started_at_seconds },
    })]
    : [];
  sample.units = runs ? [aUnit(unit, anon_bytes)] : [];
  const used = runs ? anon_bytes : 0;
  sample.memory = someMemory({ anon_bytes: 6 * GiB + used, available_bytes: 8 * GiB - used });
}

Deno.test("healthy machines: an hourly job is no leak while it runs, and nothing while it does not, for a day", () => {
  const evaluations = found(24 * HOUR, batchJob);
  const leaks = evaluations.map(({ second, findings }) => ({
    second,
    findings: findings.filter(({ verdict }) => verdict === "leak"),
  }));
  assert.deepEqual(texts(leaks), []);
  // A series that has ended is known for ten minutes more.
  const isStopped = (second: number) => second >= 3 * HOUR || second % HOUR > 31 * MINUTE;
  assert.deepEqual(texts(evaluations.filter(({ second }) => isStopped(second))), []);
});

Deno.test("healthy machines: a reader of a file that lies in /dev/shm already takes no memory", () => {
  const size_bytes = 200 * MiB;
  const evaluations = found(HOUR, (sample, second) => {
    const shmem_bytes = size_bytes * progress(second, MINUTE, 10 * MINUTE);
    sample.processes = [
      aProcess(100, { rss_bytes: 50 * MiB + shmem_bytes, shared_bytes: shmem_bytes, shmem_bytes }),
    ];
    sample.memory = someMemory({ shmem_bytes: 100 * MiB + size_bytes });
    const holders = [{ pid: 100, name: "program-100" }];
    sample.shared_memory = {
      ...{ system_v: [], memfd: [] },
      posix: [{ name: "/dev/shm/index", size_bytes, inode: 5, holders: shmem_bytes > 0 ? holders : [] }],
      tmpfs: [{ mount: "/dev/shm", used_bytes: size_bytes, size_bytes: 8 * GiB, inodes_used: 1 }],
    } as unknown as Sample["shared_memory"];
  });
  assert.deepEqual(texts(evaluations), []);
});

Deno.test("healthy machines: twenty backends that touch one shared buffer, which fills once, are no leaks", () => {
  const evaluations = found(2 * HOUR, (sample, second) => {
    const shmem_bytes = 256 * MiB * progress(second, 0, 30 * MINUTE);
    sample.processes = Array.from({ length: 20 }, (_, k) =>
      aProcess(100 + k, {
        ...{ name: "postgres", unit: "postgresql.service", started_at_seconds: START },
        cgroup: "/system.slice/postgresql.service",
        ...{ anon_bytes: 3 * MiB, rss_bytes: 10 * MiB + shmem_bytes, shmem_bytes },
      }));
    sample.units = [{ ...aUnit("postgresql.service", 70 * MiB), shmem_bytes }];
    sample.memory = someMemory({
      shmem_bytes: 100 * MiB + shmem_bytes,
      available_bytes: 8 * GiB - shmem_bytes,
    });
  });
  const about = evaluations.map(({ second, findings }) => ({
    second,
    findings: findings.filter(({ verdict, subject }) => verdict === "leak" || subject.pid !== null),
  }));
  assert.deepEqual(texts(about), []);
});

Deno.test("healthy machines: files in shared memory that no mapping holds are a leak", () => {
  const evaluations = found(HOUR, (sample, second) => {
    const files = 300 * MiB * progress(second, 0, HOUR);
    sample.processes = [aProcess(100, { cgroup: "/system.slice/app.service", shmem_bytes: 20 * MiB })];
    sample.units = [{ ...aUnit("app.service", 70 * MiB), shmem_bytes: 20 * MiB + files }];
    sample.memory = someMemory({ shmem_bytes: 120 * MiB + files, available_bytes: 8 * GiB - files });
  });
  assert.ok(
    evaluations.at(-1)!.findings.some(({ kind, verdict }) => kind === "unit-memory" && verdict === "leak"),
  );
});
