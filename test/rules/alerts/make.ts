/** Samples, processes and rules made for tests. */

import { completeFinding } from "../../make_finding.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import type {
  ContainerSample,
  MemoryInfo,
  ProcessSample,
  Sample,
  UnitSample,
} from "../../../model/sample.ts";
import { AlertEngine, type AlertInput } from "../../../rules/alerts/engine.ts";
import { parseRules } from "../../../rules/alerts/parse.ts";
import type { RuleSet } from "../../../rules/alerts/rule.ts";
import type { Alert, AlertChange, Finding } from "../../../model/finding.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";

export const MiB = 1024 ** 2;
/** 2026-11-20 12:00 UTC. */
export const START = 1_795_176_000;

export function makeMemory(usedPercent: number, more: Partial<MemoryInfo> = {}): MemoryInfo {
  const total_bytes = 1000 * MiB;
  const available_bytes = total_bytes * (1 - usedPercent / 100);
  return {
    total_bytes,
    available_bytes,
    free_bytes: available_bytes / 2,
    buffers_bytes: 0,
    cached_bytes: 0,
    swap_cached_bytes: 0,
    anon_bytes: 0,
    shmem_bytes: 0,
    file_mapped_bytes: 0,
    slab_bytes: 0,
    slab_reclaimable_bytes: null,
    slab_unreclaimable_bytes: null,
    kernel_reclaimable_bytes: null,
    kernel_stack_bytes: null,
    page_tables_bytes: null,
    secondary_page_tables_bytes: null,
    percpu_bytes: null,
    vmalloc_used_bytes: null,
    hugetlb_bytes: null,
    zswap_bytes: null,
    bounce_bytes: null,
    writeback_tmp_bytes: null,
    cma_total_bytes: null,
    cma_free_bytes: null,
    unevictable_bytes: null,
    mlocked_bytes: null,
    committed_bytes: null,
    commit_limit_bytes: null,
    balloon_bytes: null,
    swap_total_bytes: 0,
    swap_free_bytes: 0,
    unaccounted_bytes: 0,
    ...more,
  };
}

export function makeProcess(pid: number, more: Partial<ProcessSample> = {}): ProcessSample {
  return {
    pid,
    start_ticks: 1000 + pid,
    ppid: 1,
    name: `p${pid}`,
    user: "app",
    uid: 1000,
    state: "S",
    is_kernel_thread: false,
    rss_bytes: 10 * MiB,
    vsz_bytes: 100 * MiB,
    anon_bytes: 8 * MiB,
    shared_bytes: 2 * MiB,
    shmem_bytes: null,
    swap_bytes: null,
    page_tables_bytes: null,
    peak_rss_bytes: null,
    pss_bytes: null,
    uss_bytes: null,
    threads: 1,
    mappings: null,
    open_descriptors: 5,
    descriptor_limit: 1024,
    descriptor_kinds: null,
    cpu_seconds: 1,
    minor_faults: null,
    major_faults: null,
    read_bytes: null,
    written_bytes: null,
    started_at_seconds: START - 1000,
    command: null,
    executable: null,
    cgroup: null,
    unit: null,
    container: null,
    exec_count: 0,
    ...more,
  };
}

const CGROUP = {
  usage_bytes: 60 * MiB,
  working_set_bytes: 50 * MiB,
  limit_bytes: null,
  anon_bytes: 40 * MiB,
  file_bytes: 10 * MiB,
  shmem_bytes: 0,
  kernel_bytes: null,
  kernel_unreclaimable_bytes: null,
  swap_bytes: null,
  oom_kills: 0,
  pids: 3,
};

export function makeContainer(more: Partial<ContainerSample> = {}): ContainerSample {
  return {
    ...CGROUP,
    id: "0123456789abcdef",
    name: "web",
    engine: "podman",
    image: "nginx",
    pod: null,
    cgroup: "/machine.slice/libpod-0123456789abcdef.scope",
    state: "running",
    limit_cgroup: null,
    socket_bytes: null,
    events_max: null,
    oom_events: null,
    pressure_some_microseconds: null,
    pressure_full_microseconds: null,
    restarts: 0,
    oom_killed: null,
    exit_code: null,
    processes: [],
    ...more,
  };
}

export function makeUnit(more: Partial<UnitSample> = {}): UnitSample {
  return { ...CGROUP, name: "app.service", cgroup: "/system.slice/app.service", kind: "service", ...more };
}

export function makeFinding(more: Partial<Finding> = {}): Finding {
  return completeFinding({
    kind: "process-memory",
    subject: { pid: 812, start_ticks: 4471, name: "java", unit: "app.service", container: null },
    verdict: "leak",
    severity: "warning",
    confidence: 0.97,
    rate_per_hour: { low: 90 * MiB, mid: 96 * MiB, high: 104 * MiB },
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "every third of the window set a new floor",
    next_step: "jcmd 812 GC.heap_info",
    ...more,
  });
}

export function makeSample(time: number, more: Partial<Sample> = {}): Sample {
  const sample = emptySample();
  sample.host.boot_id = "boot-1";
  return Object.assign(
    sample,
    { time_seconds: time, wall_seconds: time, updated: new Set(["cgroups"]) },
    more,
  );
}

/** The rules of the YAML text; a mistake in it fails the test. */
export function rulesOf(text: string): RuleSet {
  const { rules, diagnostics } = parseRules(text);
  if (diagnostics) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return rules;
}

/** An engine with a clock in the test's hand. */
export class Bench {
  readonly engine: AlertEngine;
  readonly #detector = new LeakDetector();
  time = START;

  constructor(text: string) {
    this.engine = new AlertEngine(rulesOf(text));
  }

  /** Lets `seconds` pass and gives one sample. */
  step(seconds: number, sample: Partial<Sample>, input: Partial<AlertInput> = {}): AlertChange[] {
    this.time += seconds;
    const given = makeSample(this.time, sample);
    this.#detector.observe(given);
    return this.engine.evaluate({ sample: given, findings: null, growth: this.#detector, ...input });
  }

  /** The same with nothing but a share of memory in use; the changes in short. */
  used(seconds: number, percent: number): string[] {
    return this.step(seconds, { memory: makeMemory(percent) }).map(short);
  }
}

export const short = ({ alert }: { alert: Alert }) => `${alert.rule} ${alert.state} ${alert.subject}`;
