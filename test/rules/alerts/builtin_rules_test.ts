/** The built-in rules, as the engine applies them. */

import assert from "node:assert/strict";
import { Bench, makeContainer, makeProcess, makeUnit, MiB, short } from "./make.ts";

Deno.test("built-in rules: the kernel's kills are told by the step, and stay a while", () => {
  const bench = new Bench("");
  const kills = (seconds: number, oom_kills: number) =>
    bench.step(seconds, {
      vmstat: {
        swap_in_bytes: 0,
        swap_out_bytes: 0,
        oom_kills,
        direct_reclaim_scanned_pages: null,
        kswapd_scanned_pages: null,
        major_faults: null,
      },
    }).map(short);
  assert.deepEqual(kills(0, 3), [], "kills before the first sample are no news");
  assert.deepEqual(kills(10, 5), ["oom-kill firing system"]);
  assert.equal(bench.engine.active()[0]!.message, "out of memory: the kernel killed 2 processes");
  assert.deepEqual(kills(10, 5), []);
  assert.deepEqual(kills(580, 5), []);
  assert.deepEqual(kills(20, 5), ["oom-kill resolved system"]);
});

Deno.test("built-in rules: zombies are named by their parents", () => {
  const bench = new Bench("");
  const processes = [
    makeProcess(655, { name: "cron" }),
    makeProcess(700, { state: "Z", ppid: 655 }),
    makeProcess(701, { state: "Z", ppid: 655 }),
  ];
  bench.step(0, { processes });
  const [change] = bench.step(15, { processes });
  assert.equal(change!.alert.message, "2 zombies, children of cron (655)");
  const alone = new Bench("");
  alone.step(0, { processes: processes.slice(0, 2) });
  const [one] = alone.step(15, { processes: processes.slice(0, 2) });
  assert.equal(one!.alert.message, "1 zombie, child of cron (655)");
});

Deno.test("built-in rules: a container near its limit, and kills at it", () => {
  const bench = new Bench("");
  const step = (working: number, oom_kills: number) =>
    bench.step(15, {
      containers: [makeContainer({ working_set_bytes: working * MiB, limit_bytes: 100 * MiB, oom_kills })],
    });
  step(50, 0);
  step(95, 0);
  const [near] = step(95, 0);
  assert.equal(near!.alert.message, "container web uses 95 MiB, 95 % of its limit 100 MiB");
  assert.equal(near!.alert.next_step, "podman top 0123456789ab; podman stats --no-stream 0123456789ab");
  assert.deepEqual(step(88, 0), []);
  assert.deepEqual(step(80, 1).map(short).sort(), [
    "container-limit resolved web",
    "container-oom-kill firing web",
  ]);
});

Deno.test("built-in rules: what to type about a unit, about a cgroup that is none, and about containers no engine lists", () => {
  const limits = { working_set_bytes: 95 * MiB, limit_bytes: 100 * MiB };
  const steps = (parts: Parameters<Bench["step"]>[1]) => {
    const bench = new Bench("");
    bench.step(15, parts);
    return Object.fromEntries(bench.step(15, parts).map(({ alert }) => [alert.subject, alert.next_step]));
  };
  const told = steps({
    units: [
      makeUnit({ name: "app.service", ...limits }),
      makeUnit({ name: "/jobs/17", cgroup: "/jobs/17", kind: "other", ...limits }),
    ],
    containers: [
      makeContainer({ id: "web", name: "web", engine: "lxc", ...limits }),
      makeContainer({ id: "c3".repeat(32), name: "app", engine: "kubernetes", ...limits }),
    ],
  });
  assert.match(told["app.service"]!, /^systemctl status app\.service;/);
  assert.match(told["/jobs/17"]!, /^find \/sys\/fs\/cgroup\/jobs\/17 \/sys\/fs\/cgroup\/memory\/jobs\/17 /);
  assert.match(told.web!, /^lxc-info -n web;/);
  assert.match(told.app!, /^crictl stats --id c3c3c3c3c3c3;/);
});

Deno.test("built-in rules: a growing process is named, a sawtooth and a warm one are not", () => {
  const bench = new Bench("");
  const fired: string[] = [];
  for (let second = 0; second <= 60; second += 5) {
    const changes = bench.step(5, {
      processes: [
        makeProcess(1, { name: "leaker", anon_bytes: (10 + 2 * second) * MiB }),
        makeProcess(2, { name: "sawtooth", anon_bytes: (40 + 6 * (second % 10)) * MiB }),
        makeProcess(3, { name: "steady", anon_bytes: 100 * MiB }),
        makeProcess(4, { name: "small", anon_bytes: (1 + second / 10) * MiB }),
      ],
    });
    fired.push(...changes.map(short));
  }
  assert.deepEqual(fired, ["process-growth firing leaker (1)"]);
  assert.match(
    bench.engine.active()[0]!.message,
    /^leaker \(1\) grew by \d+ MiB \(\d+ %\) within \d+ s and kept it/,
  );
});

Deno.test("built-in rules: an exec under the same pid is no growth", () => {
  const bench = new Bench("");
  for (let second = 0; second <= 60; second += 5) {
    const exec_count = second < 30 ? 0 : 1;
    const changes = bench.step(5, {
      processes: [makeProcess(1, { exec_count, anon_bytes: (exec_count ? 500 : 10) * MiB })],
    });
    assert.deepEqual(changes, []);
  }
});
