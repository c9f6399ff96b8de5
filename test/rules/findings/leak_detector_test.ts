import assert from "node:assert/strict";
import type { Sample } from "../../../model/sample.ts";
import type { Finding } from "../../../model/finding.ts";
import { LeakDetector, type LeakDetectorOptions, processKey } from "../../../rules/findings/mod.ts";
import { aProcess, aUnit, GiB, MiB, samples, someMemory } from "./machine.ts";

function watched(run: Iterable<Sample>, options: LeakDetectorOptions = {}): LeakDetector {
  const watch = new LeakDetector(options);
  for (const sample of run) watch.observe(sample);
  return watch;
}

const leaksOf = (watch: LeakDetector) => watch.findings().filter((finding) => finding.verdict === "leak");
const names = (findings: Finding[]) => findings.map((finding) => `${finding.kind} ${finding.subject.name}`);

Deno.test("75 seconds are enough to name, with its rate, what gains 2 MiB/s or 4 descriptors/s, and nobody else", () => {
  const watch = watched(samples(76, 1, (sample, i, random) => {
    sample.processes = [
      aProcess(10, {
        name: "python3",
        anon_bytes: 12 * MiB + i * 2 * MiB + random.integer(0, 3) * MiB,
        cpu_seconds: i * 0.003,
        minor_faults: i * 512,
      }),
      aProcess(11, { name: "fdleak", open_descriptors: 5 + i * 4 }),
      aProcess(12, { name: "steady", anon_bytes: 100 * MiB }),
      aProcess(13, { name: "saw", anon_bytes: 20 * MiB + ((i * 7) % 60) * MiB }),
    ];
  }));
  const found = watch.findings();
  assert.deepEqual(names(found).sort(), ["process-descriptors fdleak", "process-memory python3"]);
  const memory = found.find((finding) => finding.kind === "process-memory")!;
  assert.ok(Math.abs(memory.rate_per_hour!.mid / (2 * MiB * 3600) - 1) < 0.25);
  assert.equal(memory.time_to_limit_seconds?.limit, "MemAvailable");
  assert.match(memory.evidence, /while nearly idle \(0.3 % of a CPU/);
  const descriptors = found.find((finding) => finding.kind === "process-descriptors")!;
  assert.ok(Math.abs(descriptors.rate_per_hour!.mid / (4 * 3600) - 1) < 0.25);
  assert.equal(descriptors.time_to_limit_seconds?.limit, "RLIMIT_NOFILE");
  assert.deepEqual(
    found.map(({ verdict }) => verdict),
    ["growing", "growing"],
    "too early to accuse anybody",
  );
});

Deno.test("a leak that is swapped out is still seen", () => {
  const watch = watched(samples(60, 5, (sample, i) => {
    sample.processes = [aProcess(10, { anon_bytes: 100 * MiB, swap_bytes: i * 8 * MiB })];
  }));
  assert.deepEqual(names(watch.findings()), ["process-memory program-10"]);
});

Deno.test("a pid that is used again begins a new series", () => {
  const watch = watched(samples(120, 5, (sample, i) => {
    const life = Math.trunc(i / 60);
    const anon_bytes = 50 * MiB + life * 800 * MiB;
    sample.processes = [
      aProcess(10, { start_ticks: 1000 + life, anon_bytes, open_descriptors: 10 + 500 * life }),
    ];
  }));
  assert.deepEqual(watch.findings(), []);
  assert.equal(watch.assessmentOf(processKey(10, 1000, 0, "memory")), null);
  assert.equal(watch.assessmentOf(processKey(10, 1001, 0, "memory"))?.verdict, "stable");
});

Deno.test("exec makes another program of a process", () => {
  const watch = watched(samples(120, 5, (sample, i) => {
    const exec_count = i < 60 ? 0 : 1;
    sample.processes = [aProcess(10, { exec_count, anon_bytes: (exec_count ? 900 : 5) * MiB })];
  }));
  assert.deepEqual(watch.findings(), []);
});

Deno.test("a zombie's empty memory is no release, and kernel threads are not watched", () => {
  const watch = watched(samples(80, 5, (sample, i) => {
    sample.processes = [
      aProcess(10, i < 70 ? { anon_bytes: 50 * MiB } : { state: "Z", anon_bytes: 0, open_descriptors: 0 }),
      aProcess(11, { is_kernel_thread: true, anon_bytes: i * MiB }),
    ];
  }));
  assert.deepEqual(watch.findings(), []);
  assert.equal(watch.assessmentOf(processKey(11, 1011, 0, "memory")), null);
});

Deno.test("another boot begins anew", () => {
  const watch = watched(samples(120, 5, (sample, i) => {
    sample.host.boot_id = i < 60 ? "boot-1" : "boot-2";
    sample.processes = [aProcess(10, { anon_bytes: (i < 60 ? 40 + i * 4 : 40) * MiB })];
  }));
  assert.deepEqual(watch.findings(), []);
});

Deno.test("a watch goes on from JSON as if it had never stopped", () => {
  const fill = (sample: Sample, i: number) => {
    sample.processes = [aProcess(10, { anon_bytes: 40 * MiB + i * MiB, open_descriptors: 10 + (i >> 3) })];
  };
  const whole = watched(samples(300, 5, fill));
  let half = new LeakDetector();
  let i = 0;
  for (const sample of samples(300, 5, fill)) {
    if (i++ === 150) half = LeakDetector.fromJSON(JSON.parse(JSON.stringify(half)));
    half.observe(sample);
  }
  // Both once more from JSON: when a series was last looked at is another time in each.
  const [last] = [...samples(301, 5, fill)].slice(-1);
  const again = (watch: LeakDetector) => {
    const next = LeakDetector.fromJSON(JSON.parse(JSON.stringify(watch)));
    next.observe(last!);
    return next;
  };
  const bare = (watch: LeakDetector) => watch.findings().map(({ evidence: _, ...rest }) => rest);
  assert.equal(leaksOf(whole).length, 2);
  assert.deepEqual(bare(again(half)), bare(again(whole)));
});

Deno.test("the state in parts is the state; what no watch could have written is left out", () => {
  const watch = watched(samples(120, 5, (sample, i) => {
    sample.processes = Array.from({ length: 60 }, (_, k) => aProcess(k + 1, { anon_bytes: (20 + i) * MiB }));
  }));
  const state = JSON.parse(JSON.stringify(watch));
  assert.deepEqual(JSON.parse([...watch.toJSONParts()].join("")), state);
  const whole = LeakDetector.fromJSON(state).use.series;
  assert.equal(whole, watch.use.series);
  // deno-lint-ignore no-explicit-any
  const damages: ((entry: Record<string, any>) => void)[] = [
    (entry) => entry.series.windows = [{ ...entry.series.windows?.[0], width: 0 }],
    (entry) => entry.series.windows = [{ ...entry.series.windows?.[0], window: -1 }],
    (entry) => entry.series.windows = [{ ...entry.series.windows?.[0], open: null }],
    (entry) => entry.key = 7,
    (entry) => entry.subject = null,
    (entry) => entry.unit = "toString",
    (entry) => entry.seen_at = "soon",
  ];
  for (const damage of damages) {
    const damaged = structuredClone(state);
    damage(damaged.registry.entries.find(({ key }: { key: string }) => key.startsWith("process/")));
    const rest = LeakDetector.fromJSON(damaged);
    assert.equal(rest.use.series, whole - 1, String(damage));
  }
  for (const rows of ["", "!!", "AAAA", btoa("x".repeat(24 * 300))]) {
    const damaged = structuredClone(state);
    for (const { series } of damaged.registry.entries) {
      for (const each of series.windows ?? []) each.rows = rows;
    }
    const rest = LeakDetector.fromJSON(damaged);
    for (const sample of samples(60, 5, () => {})) rest.observe(sample);
    rest.findings();
  }
});

Deno.test("the memory budget holds: non-suspects are kept more coarsely, and that is counted", () => {
  const growing = 5, budget = 2 ** 20;
  const watch = watched(
    samples(400, 15, (sample, i, random) => {
      sample.processes = Array.from({ length: 200 }, (_, k) =>
        aProcess(k + 1, {
          anon_bytes: (k < growing ? 20 + i * 2 : 100 + 20 * random.integer(0, 3)) * MiB,
        }));
    }),
    { memory_budget_bytes: budget },
  );
  assert.ok(watch.use.used_bytes <= budget, `${watch.use.used_bytes}`);
  assert.ok(watch.use.coarsened > 0);
  const pids = leaksOf(watch).map(({ subject }) => subject.pid);
  for (let pid = 1; pid <= growing; pid++) assert.ok(pids.includes(pid), `${pid} of ${pids}`);
});

Deno.test("a service that is restarted every hour and leaks each time is one story", () => {
  const watch = watched(samples(4 * 240, 15, (sample, i, random) => {
    const life = Math.trunc(i / 240), anon_bytes = (60 + (i % 240) * 2 + random.integer(0, 4)) * MiB;
    sample.processes = [aProcess(100 + life, { name: "java", unit: "app.service", anon_bytes })];
    sample.units = [aUnit("app.service", anon_bytes)];
  }));
  const story = leaksOf(watch).find((finding) => finding.kind === "unit-memory");
  assert.ok(story, JSON.stringify(names(watch.findings())));
  assert.match(story.evidence, /each of its last 3 runs grew/);
  assert.ok(Math.abs(story.rate_per_hour!.mid / (2 * MiB * 240) - 1) < 0.1);
});

Deno.test("a process's finding stands for its unit's; memory in use and slab are judged too", () => {
  const watch = watched(samples(120, 15, (sample, i) => {
    const anon_bytes = (100 + 5 * i) * MiB;
    sample.processes = [
      aProcess(10, {
        started_at_seconds: 1_700_000_000 - 300,
        name: "java",
        unit: "app.service",
        anon_bytes,
      }),
    ];
    sample.units = [aUnit("app.service", anon_bytes, GiB)];
    sample.memory = someMemory({
      available_bytes: 8 * GiB - 32 * i * MiB,
      slab_unreclaimable_bytes: (200 + 8 * i) * MiB,
    });
    const objects = (100 + 8 * i) * 1024;
    sample.slab_caches = [{
      name: "kmalloc-1k",
      active_objects: objects,
      objects,
      object_bytes: 1024,
      size_bytes: objects * 1024,
    }];
  }));
  const found = leaksOf(watch);
  assert.deepEqual(names(found).sort(), [
    "kernel-slab kmalloc-1k",
    "process-memory java",
  ]);
  const java = found.find((finding) => finding.subject.name === "java")!;
  assert.equal(java.time_to_limit_seconds?.limit, "memory limit of app.service");
  const ahead = java.time_to_limit_seconds!, truth = (1024 - 100 - 5 * 119) / 5 * 15;
  assert.ok(ahead.low <= truth * 1.05 && (ahead.high ?? Infinity) >= truth * 0.95, JSON.stringify(ahead));
  assert.equal(found[0], java, "what hurts first stands first");
});

Deno.test("among 1,500 restless healthy processes only the leaking one is accused", () => {
  const watch = watched(
    samples(140, 10, (sample, i, random) => {
      // Of an age at which its growth explains all of its memory.
      const started_at_seconds = sample.time_seconds - 200;
      if (i === 0) {
        sample.processes = Array.from({ length: 1500 }, (_, k) => aProcess(k + 1, { started_at_seconds }));
      }
      for (const process of sample.processes) {
        process.anon_bytes += process.pid === 700 ? 2 * MiB : random.integer(-1, 2) * MiB;
      }
    }),
    { classified_per_sample: 50 },
  );
  assert.deepEqual(names(leaksOf(watch)), ["process-memory program-700"]);
});

Deno.test("the book is bounded, and says so", () => {
  const watch = watched(
    samples(3, 5, (sample) => {
      sample.processes = Array.from({ length: 100 }, (_, k) => aProcess(k + 1));
    }),
    { max_series: 50 },
  );
  assert.equal(watch.use.series, 50);
  assert.ok(watch.use.refused > 0);
});

Deno.test("the next step comes from the table that is handed in", () => {
  const watch = watched(
    samples(60, 5, (sample, i) => {
      sample.processes = [aProcess(10, { anon_bytes: (20 + i * 4) * MiB })];
    }),
    {
      nextStepFor: (
        subject,
        kind,
      ) => [{ kind: "look", command: `look at ${kind} of ${subject.pid}`, remark: "" }],
    },
  );
  assert.equal(watch.findings()[0]?.next_step, "look at process-memory of 10");
  assert.equal(watch.suspects()[0]?.assessment.verdict, "growing");
});
