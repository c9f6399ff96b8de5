/**
 * Thirty days of `monitor` on a machine where a hundred processes come and go with every sample (builds, cron jobs, shells),
 * half of them under a name that was never seen before, five with a cgroup of their own: how leakwatch's own memory goes. The
 * whole pipeline runs (collectors on made-up trees, detector, rules, logs with rotation and retention, summaries), only the clock does not
 * wait.
 *
 *     deno run --allow-all bench/attack/short_lived.ts [DAYS=30] [SHORT_LIVED=100] [INTERVAL=30]
 *
 * Prints resident memory by day. Exit code 1 where the floor of a day is more than 4 MiB over that of the second.
 */

import { Sampler } from "../../collectors/mod.ts";
import { rootsAt } from "../../collectors/roots.ts";
import type { Clock } from "../../cli/clock.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../../cli/create_pipeline.ts";
import { gcPacing } from "../../cli/gc_pacing.ts";
import { SessionLogger } from "../../cli/monitor/session_logger.ts";
import { loadRules } from "../../cli/rules/load.ts";
import { watch } from "../../cli/sample_loop.ts";
import { cgroup } from "../../test/machines/cgroup_files.ts";
import { type FakeMachine, type FakeProcess, writeMachine } from "../../test/machines/machine.ts";
import { healthy } from "../../test/machines/machines.ts";
import { nginx } from "../../test/machines/processes.ts";

const MIB = 1024 * 1024;
const DAY_SECONDS = 86_400;
const MAX_GROWTH_BYTES = 4 * MIB;
/** Findings are asked for so often, in the time of the samples. */
const FINDINGS_SECONDS = 600;
const SERVICES = 20;
/** Of these, so many change at each sample. */
const RESTLESS = 10;
const CGROUPS = 5;
const PID_MAX = 4_194_304;
const [days, short_lived, interval] = [30, 100, 30].map((usual, i) => Number(Deno.args[i] ?? usual)) as [
  number,
  number,
  number,
];

/** A machine in files that changes when it is told to. */
class Machine {
  readonly directory = Deno.makeTempDirSync({ dir: "/dev/shm", prefix: "leakwatch-short-lived-" });
  #seconds = 777_600;
  #pids: number[] = [];
  #nextPid = 10_000;
  #scopes = Array.from({ length: CGROUPS }, (_, n) => `run-${n}.scope`);
  #started = 0;
  readonly #random = mulberry32(1);

  constructor() {
    const services = Array.from({ length: SERVICES }, (_, n): FakeProcess => ({
      ...nginx,
      pid: 2000 + n,
      name: `service-${n}`,
      cgroup: `0::/system.slice/service-${n}.service\n`,
    }));
    this.#pids = Array.from({ length: short_lived }, () => this.#nextPid++);
    const jobs = this.#pids.map((pid, n): FakeProcess => ({
      ...nginx,
      pid,
      name: "job",
      command: ["/bin/sh", "-c", "job"],
      cgroup: n < CGROUPS ? `0::/system.slice/${this.#scopes[n]}\n` : "0::/system.slice/cron.service\n",
    }));
    const machine: FakeMachine = {
      ...healthy,
      processes: [...healthy.processes, ...services, ...jobs],
      files: {
        ...healthy.files,
        ...Object.assign({}, ...this.#scopes.map((scope) => cgroup(`system.slice/${scope}`, 9e6, 4e6, 1))),
      },
    };
    writeMachine(this.directory, machine);
  }

  /** Others in the place of all short-lived ones; some services and the machine's counters move. */
  advance(seconds: number): void {
    this.#seconds += seconds;
    this.#put("proc/uptime", `${this.#seconds.toFixed(2)} ${(2 * this.#seconds).toFixed(2)}\n`);
    const free = 3_000_000 + this.#noise(20_000), anon = 1_800_000 + this.#noise(20_000);
    this.#put(
      "proc/meminfo",
      Object.entries({ ...healthy.meminfo, MemFree: free, AnonPages: anon, MemAvailable: free + 2_400_000 })
        .map(([key, kb]) => `${`${key}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`).join(""),
    );
    for (let n = 0; n < RESTLESS; n++) {
      const pages = 4000 + this.#noise(200);
      this.#put(`proc/${2000 + n}/statm`, `15000 ${pages} 2000 20 0 ${pages - 1900} 0\n`);
    }
    this.#pids = this.#pids.map((pid, n) => this.#replace(pid, n));
    this.#scopes = this.#scopes.map((scope, n) => {
      const next = `run-${this.#started}-${n}.scope`;
      const at = `${this.directory}/sys/fs/cgroup/system.slice`;
      Deno.renameSync(`${at}/${scope}`, `${at}/${next}`);
      return next;
    });
  }

  /** Another process with the files of one that has ended; every second one has a name of its own. */
  #replace(pid: number, n: number): number {
    const next = this.#nextPid++;
    if (this.#nextPid >= PID_MAX) this.#nextPid = 10_000;
    Deno.renameSync(`${this.directory}/proc/${pid}`, `${this.directory}/proc/${next}`);
    if (n < CGROUPS) this.#put(`proc/${next}/cgroup`, `0::/system.slice/run-${this.#started}-${n}.scope\n`);
    if (n % 2 === 0) return next;
    const name = `j${(this.#started++).toString(36)}`, ticks = Math.round(this.#seconds * 100) - n;
    this.#put(
      `proc/${next}/stat`,
      `${next} (${name}) S 1 ${next} ${next} 0 -1 4194560 900 0 3 0 120 80 0 0 20 0 1 0 ${ticks} ${
        60_000 * 1024
      } 3500 ` +
        "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    );
    return next;
  }

  #noise(range: number): number {
    return Math.round((this.#random() - 0.5) * range);
  }

  #put(path: string, text: string): void {
    Deno.writeTextFileSync(`${this.directory}/${path}`, text);
  }

  remove(): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** Numbers from 0 to 1 (T. Ettinger, mulberry32). */
function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Passes only when slept on; then the machine is another. Gives timers and compressions their turn now and then. */
class FastClock implements Clock {
  #time = 1_800_000_000;
  #sleeps = 0;
  constructor(readonly machine: Machine) {}
  monotonicSeconds = () => this.#time;
  wallSeconds = () => this.#time;
  sleep = (seconds: number): Promise<void> => {
    this.#time += Math.max(0, seconds);
    this.machine.advance(seconds);
    return ++this.#sleeps % 20 === 0 ? new Promise((resolve) => setTimeout(resolve)) : Promise.resolve();
  };
}

const machine = new Machine();
const logs = Deno.makeTempDirSync({ dir: "/dev/shm", prefix: "leakwatch-short-lived-logs-" });
const roots = rootsAt(`${machine.directory}/proc`, `${machine.directory}/sys`);
const sampler = new Sampler({ roots, interval_seconds: interval });
const pipeline = createPipeline({
  sampler,
  roots,
  rules: await loadRules(undefined),
  confirmations: CONFIRMATIONS_WATCHING,
  findings_every_seconds: FINDINGS_SECONDS,
});
const logger = new SessionLogger({
  kind: "memory-monitor",
  directory: logs,
  interval_seconds: interval,
  duration_seconds: null,
  rotate_bytes: 2 * MIB,
  retain_bytes: 32 * MIB,
  retain_seconds: 1e9,
  top: 40,
  hide_arguments: false,
  say: (message) => console.error(message),
});

const perDay = DAY_SECONDS / interval, total = Math.round(days * perDay);
// All of it now: a list that grows would be what it measures.
const resident = new Float64Array(total);
const floors: number[] = [];
let taken = 0, ran = performance.now();
const startedAt = ran;
try {
  await watch({
    source: sampler,
    interval_seconds: interval,
    duration_seconds: (total - 1) * interval,
    signal: new AbortController().signal,
    clock: new FastClock(machine),
    pipeline,
    observers: [logger, gcPacing(), {
      observe() {
        resident[taken++] = Deno.memoryUsage().rss;
        if (taken % perDay !== 0) return;
        const day = resident.slice(taken - perDay, taken).sort();
        floors.push(day[0]!);
        const [low, middle, high] = [day[0]!, day[perDay >> 1]!, day.at(-1)!].map((n) =>
          (n / MIB).toFixed(1)
        );
        const now = performance.now();
        console.log(
          `day ${floors.length}: floor ${low}, median ${middle}, peak ${high} MiB; ${
            ((now - ran) / perDay).toFixed(1)
          } ms a sample`,
        );
        ran = now;
      },
    }],
  });
} finally {
  sampler.close();
  machine.remove();
  Deno.removeSync(logs, { recursive: true });
}
const growth = Math.max(...floors.slice(1)) - floors[1]!;
console.log(
  `${days} days, ${taken} samples, ${taken * short_lived} processes in ${
    ((performance.now() - startedAt) / 60_000).toFixed(0)
  } min: at most ${(growth / MIB).toFixed(1)} MiB over the second day's floor`,
);
Deno.exit(growth <= MAX_GROWTH_BYTES ? 0 : 1);
