/** An analysis in which something is wrong everywhere, made by the same code that reports a real one. */

import { completeFinding } from "../make_finding.ts";
import { buildAnalysis } from "../../cli/analyze/build_analysis.ts";
import type { ProcessProfile } from "../../cli/analyze/inner_profiles.ts";
import type { Analysis } from "../../cli/analyze/model.ts";
import { WindowRecorder } from "../../cli/analyze/window_recorder.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { ContainerSample, ProcessSample, Sample } from "../../model/sample.ts";
import type { Alert, Finding } from "../../model/finding.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const WALL = 1_760_000_000;

export function aProcess(pid: number, name: string, more: Partial<ProcessSample> = {}): ProcessSample {
  return {
    pid,
    start_ticks: pid * 10,
    ppid: 1,
    name,
    user: "app",
    uid: 1001,
    state: "S",
    is_kernel_thread: false,
    rss_bytes: 100 * MIB,
    vsz_bytes: GIB,
    anon_bytes: 80 * MIB,
    shared_bytes: 20 * MIB,
    shmem_bytes: 0,
    swap_bytes: 0,
    page_tables_bytes: 512 * 1024,
    peak_rss_bytes: 110 * MIB,
    pss_bytes: 90 * MIB,
    uss_bytes: 85 * MIB,
    threads: 4,
    mappings: 200,
    open_descriptors: 20,
    descriptor_limit: 1024,
    descriptor_kinds: {
      files: 5,
      deleted_files: 0,
      sockets: 12,
      pipes: 1,
      anon_inodes: 1,
      memfds: 0,
      devices: 1,
      other: 0,
    },
    cpu_seconds: 10,
    minor_faults: 1000,
    major_faults: 0,
    read_bytes: 0,
    written_bytes: 0,
    started_at_seconds: WALL - 3600,
    command: `/usr/bin/${name}`,
    executable: `/usr/bin/${name}`,
    cgroup: "/system.slice/app.service",
    unit: "app.service",
    container: null,
    exec_count: 0,
    ...more,
  };
}

export function aFinding(process: ProcessSample, more: Partial<Finding> = {}): Finding {
  return completeFinding({
    kind: "process-memory",
    subject: {
      pid: process.pid,
      start_ticks: process.start_ticks,
      name: process.name,
      unit: process.unit,
      container: process.container,
    },
    verdict: "leak",
    severity: "critical",
    confidence: 0.97,
    rate_per_hour: { low: 88 * MIB, mid: 96 * MIB, high: 104 * MIB },
    unit: "bytes",
    time_to_limit_seconds: { low: 11_400, high: 13_200, limit: "MemAvailable" },
    evidence:
      "the typical level of its memory rose 8.0 MiB in 5 min (310 MiB to 318 MiB), and was still rising",
    next_step: `jcmd ${process.pid} GC.class_histogram | head -40   # twice, ten minutes apart, and compare`,
    ...more,
  });
}

function anAlert(message: string): Alert {
  return {
    rule: "zombies",
    severity: "warning",
    state: "firing",
    subject: "system",
    value: 1,
    threshold: 0,
    message,
    next_step: "",
    since: new Date(WALL * 1000).toISOString(),
    id: "zombies/1",
  };
}

function aContainer(name: string): ContainerSample {
  return {
    id: "ab".repeat(32),
    name,
    engine: "docker",
    image: name,
    pod: null,
    cgroup: "/docker/abab",
    state: "running",
    usage_bytes: 90 * MIB,
    working_set_bytes: 80 * MIB,
    limit_bytes: 96 * MIB,
    limit_cgroup: "/docker/abab",
    anon_bytes: 70 * MIB,
    file_bytes: 10 * MIB,
    shmem_bytes: 0,
    kernel_bytes: MIB,
    socket_bytes: 0,
    swap_bytes: 0,
    kernel_unreclaimable_bytes: MIB,
    events_max: 0,
    oom_events: 0,
    oom_kills: 2,
    pressure_some_microseconds: 0,
    pressure_full_microseconds: 0,
    pids: 3,
    restarts: 0,
    oom_killed: false,
    exit_code: null,
    processes: [],
  };
}

/** The machine at a moment; `name` is given to everything that somebody outside may name. */
function aSample(name: string, step: number): Sample {
  const sample = emptySample();
  const suspect = aProcess(812, name, {
    anon_bytes: (300 + step * 10) * MIB,
    rss_bytes: (320 + step * 10) * MIB,
    command: `${name} --serve`,
  });
  return Object.assign(sample, {
    time_seconds: WALL + step * 300,
    wall_seconds: WALL + step * 300,
    host: {
      ...sample.host,
      hostname: name,
      kernel_release: "6.12.1",
      uptime_seconds: 90_000,
      boot_time_seconds: WALL - 90_000,
      is_root: true,
    },
    processes: [
      suspect,
      aProcess(900, "steady"),
      aProcess(901, name, {
        state: "Z",
        ppid: 812,
        rss_bytes: 0,
        anon_bytes: 0,
        vsz_bytes: 0,
        open_descriptors: null,
      }),
    ],
    containers: [aContainer(name)],
    units: [],
    system_descriptors: { allocated: 5000, limit: 6000 },
    shared_memory: {
      system_v: [],
      posix: [{ name, size_bytes: MIB, owner: name, holders: [{ pid: 812, name }] }],
      memfd: [{ name, size_bytes: MIB, inode: 7, holders: [{ pid: 812, name }] }],
      tmpfs: [{ mount: `/mnt/${name}`, used_bytes: MIB, size_bytes: null, inodes_used: 3 }],
    },
    unavailable: [{ source: "/proc/slabinfo", why: "only root may read it", hint: "run as root" }],
  });
}

/** A leak, a zombie, a container near its limit and full descriptors; whatever has a name is called `name`. */
export function anAnalysis(name: string): Analysis {
  const recorder = new WindowRecorder();
  for (let step = 0; step < 60; step++) recorder.record(aSample(name, step / 60));
  const sample = aSample(name, 1);
  recorder.record(sample);
  const suspect = sample.processes[0]!;
  return buildAnalysis({
    sample,
    recorder,
    findings: [
      aFinding(suspect),
      aFinding(suspect, {
        kind: "process-descriptors",
        verdict: "growing",
        severity: "warning",
        unit: "count",
        rate_per_hour: { low: 800, mid: 840, high: 880 },
        time_to_limit_seconds: { low: 800, high: null, limit: "RLIMIT_NOFILE" },
        next_step: "ss -tanpe | grep pid=812,",
        evidence: "the typical level of its open descriptors rose 70 in 5 min (742 to 812)",
      }),
    ],
    verdictOf: () => "stable",
    alerts: [anAlert(`1 zombie, child of ${name} (812)`)],
    mappings: [{
      pid: 812,
      start_ticks: 8120,
      name,
      runtime: "jvm",
      groups: [{
        kind: "file",
        name: `/srv/${name}`,
        mappings: 2,
        size_bytes: 10 * MIB,
        rss_bytes: 10 * MIB,
        pss_bytes: 10 * MIB,
        private_bytes: 10 * MIB,
        swap_bytes: 0,
        growth_bytes: 8 * MIB,
      }],
    }],
    profiles: [profileOf(name), { pid: 813, name, profile: null, error: `process 813 (${name}) has ended` }],
    interval_seconds: 5,
    ended_early: false,
    top: 15,
    pids: [812],
    own: { cpu_seconds: 0.4, cpu_ratio: 0.01, rss_bytes: 38 * MIB, collectors: [] },
  });
}

/** What --profile adds. */
function profileOf(name: string): ProcessProfile {
  return {
    pid: 812,
    name,
    error: null,
    profile: {
      schema: "leakwatch.profile/1",
      process: {
        pid: 812,
        start_ticks: 8120,
        start_time: "2026-11-20T12:00:00.000Z",
        name,
        executable: `/srv/${name}`,
        runtime: "jvm",
      },
      started_at: "2026-11-20T13:00:00.000Z",
      results: [{
        method: "jvm-histogram",
        pid: 812,
        start_time: "2026-11-20T12:00:00.000Z",
        seconds: 30,
        part: null,
        growth_bytes: 48 * MIB,
        growth_source: "heap",
        meaning: "instance-growth",
        coverage: 0.91,
        lost_events: 0,
        sites: [{
          stack: [`com.shop.Audit.record /srv/${name}:8`],
          type: `com.shop.${name}`,
          live_bytes: 44 * MIB,
          count: 9100,
          share: 0.92,
          held_by: `ArrayList via .${name}`,
        }],
        cost: { pause_ms: 147, slowdown: null, left_behind: [] },
        warnings: [`of ${name}`],
      }],
      errors: [{ method: "jvm-old-objects", message: `no jfr for ${name}` }],
      declined: [],
    },
  };
}
