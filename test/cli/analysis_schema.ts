/** The JSON of `analyze`, leakwatch.analysis/1, as others may rely on it. Unknown fields fail: what is printed is written down. */

import * as z from "zod";
import { FINDING_KINDS } from "../../model/finding.ts";

const bytes = z.number();
const size = bytes.nonnegative();
const nullable = size.nullable();
const change = z.number().nullable();
const ratio = z.number().min(0).max(1);
const pid = z.int().min(0);
const name = z.string();

export const verdict = z.enum([
  "leak",
  "growing",
  "warm-up",
  "step",
  "sawtooth",
  "periodic",
  "stable",
  "shrinking",
  "insufficient-data",
]);
const unit = z.enum(["bytes", "percent", "count"]);
const severity = z.enum(["info", "warning", "critical"]);
const rate = z.strictObject({ low: z.number(), mid: z.number(), high: z.number() });

const finding = z.strictObject({
  kind: z.enum(FINDING_KINDS),
  subject: z.strictObject({
    pid: pid.nullable(),
    start_ticks: z.int().nullable(),
    name,
    unit: name.nullable(),
    container: name.nullable(),
    cgroup: name.nullish(),
  }),
  key: z.string(),
  probability: ratio,
  caused_by: z.string().nullable(),
  explained_share: ratio,
  count: z.int().min(1),
  verdict,
  severity,
  confidence: ratio,
  rate_per_hour: rate.nullable(),
  unit,
  time_to_limit_seconds: z.strictObject({ low: size, high: nullable, limit: name }).nullable(),
  evidence: z.string().min(1),
  withdrawn: z.string().min(1).optional(),
  next_step: z.string().min(1).refine((step) => !step.includes("\n"), "one line"),
  next_steps: z.array(
    z.strictObject({ kind: z.enum(["look", "dig"]), command: z.string().min(1), remark: z.string() }),
  ).optional(),
});

const alert = z.strictObject({
  rule: name,
  severity,
  state: z.enum(["pending", "firing", "resolved"]),
  subject: name,
  service: name.nullish(),
  value: change,
  threshold: change,
  message: name,
  next_step: name,
  since: z.iso.datetime(),
  id: name,
});

const kinds = z.strictObject({
  files: size,
  deleted_files: size,
  sockets: size,
  pipes: size,
  anon_inodes: size,
  memfds: size,
  devices: size,
  other: size,
});

const process = z.looseObject({
  pid,
  start_ticks: z.int().nonnegative(),
  ppid: pid,
  name,
  user: name,
  state: z.string().length(1),
  rss_bytes: size,
  vsz_bytes: size,
  anon_bytes: size,
  memory_bytes: size,
  swap_bytes: nullable,
  pss_bytes: nullable,
  uss_bytes: nullable,
  threads: nullable,
  open_descriptors: nullable,
  descriptor_limit: nullable,
  descriptor_kinds: kinds.nullable(),
  growth: z.strictObject({
    seconds: size,
    memory_bytes: change,
    rss_bytes: z.number(),
    vsz_bytes: z.number(),
    open_descriptors: change,
    threads: change,
    cpu_seconds: change,
  }).nullable(),
  verdict: verdict.nullable(),
  runtime: name.nullable(),
});

const container = z.looseObject({
  id: name,
  name: name.nullable(),
  engine: name,
  usage_bytes: nullable,
  working_set_bytes: nullable,
  limit_bytes: nullable,
  growth_bytes: change,
  verdict: verdict.nullable(),
});

const points = z.array(change);

export const analysisSchema = z.strictObject({
  schema: z.literal("leakwatch.analysis/1"),
  leakwatch_version: name,
  host: z.strictObject({
    hostname: name,
    kernel_release: name,
    boot_id: name,
    boot_time_seconds: size,
    uptime_seconds: size,
    cpu_count: z.int().positive(),
    page_bytes: z.int().positive(),
    is_root: z.boolean(),
  }).nullable(),
  started_at: z.iso.datetime(),
  duration_seconds: size,
  interval_seconds: nullable,
  samples: z.int().nonnegative(),
  ended_early: z.boolean(),
  system: z.strictObject({
    memory: z.looseObject({ total_bytes: size, available_bytes: size, unaccounted_bytes: bytes }).nullable(),
    composition: z.array(z.strictObject({
      key: name,
      name,
      bytes,
      ratio: z.number(),
      meaning: z.string(),
      growth_bytes: change,
    })),
    notes: z.array(z.string()),
    used_ratio: ratio.nullable(),
    available_change_bytes_per_hour: change,
    swap_in_bytes: nullable,
    swap_out_bytes: nullable,
    oom_kills: nullable,
    major_faults: nullable,
    pressure: z.unknown(),
    memory_stall_some_ratio: ratio.nullable(),
    memory_stall_full_ratio: ratio.nullable(),
    swap_devices: z.array(z.unknown()).nullable(),
  }).nullable(),
  processes: z.array(process),
  process_counts: z.strictObject({
    total: size,
    kernel_threads: size,
    zombies: size,
    started: size,
    ended: size,
  }),
  containers: z.array(container),
  units: z.array(
    z.looseObject({ name, cgroup: name, usage_bytes: nullable, limit_bytes: nullable, growth_bytes: change }),
  ),
  engines: z.array(z.unknown()),
  kernel: z.looseObject({
    dying_cgroups: nullable,
    parts: z.array(z.strictObject({ name, bytes, growth_bytes: change })),
    slab_caches: z.array(z.looseObject({ name, size_bytes: size, growth_bytes: change })).nullable(),
    slab_cache_count: nullable,
    zones: z.array(z.unknown()).nullable(),
  }).nullable(),
  shared_memory: z.looseObject({
    system_v: z.array(z.unknown()),
    posix: z.array(z.unknown()),
    memfd: z.array(z.unknown()),
    tmpfs: z.array(z.unknown()),
  }).nullable(),
  zombies: z.array(z.strictObject({
    pid,
    ppid: pid,
    name,
    parent_name: name.nullable(),
    user: name,
    started_at_seconds: size,
    age_seconds: size,
  })),
  descriptors: z.strictObject({
    system: z.strictObject({ allocated: size, limit: size, used_ratio: z.number(), growth: change })
      .nullable(),
    kinds: kinds.nullable(),
    processes: z.array(z.strictObject({
      pid,
      start_ticks: z.int(),
      name,
      open_descriptors: size,
      limit: nullable,
      used_ratio: change,
      growth: change,
      kinds: kinds.nullable(),
    })),
  }).nullable(),
  pids: z.array(pid),
  mappings: z.array(z.strictObject({
    pid,
    start_ticks: z.int(),
    name,
    runtime: name.nullable(),
    groups: z.array(z.strictObject({
      kind: name,
      name,
      mappings: size,
      size_bytes: size,
      rss_bytes: size,
      pss_bytes: size,
      private_bytes: size,
      swap_bytes: size,
      growth_bytes: change,
    })),
  })),
  profiles: z.array(z.strictObject({
    pid,
    name,
    profile: z.looseObject({ schema: z.literal("leakwatch.profile/1") }).nullable(),
    error: name.nullable(),
  })),
  evidence: z.array(z.looseObject({ schema: z.literal("leakwatch.evidence/1"), pid, name })),
  findings: z.array(finding),
  alerts: z.array(alert),
  series: z.array(z.strictObject({
    source: name,
    name,
    points: size,
    verdict,
    confidence: ratio,
    rate_per_hour: rate.nullable(),
    unit,
    evidence: z.string().min(1),
  })),
  timeline: z.strictObject({
    time_seconds: z.array(size),
    available_bytes: points,
    anon_bytes: points,
    shmem_bytes: points,
    page_cache_bytes: points,
    slab_bytes: points,
    swap_used_bytes: points,
    processes: z.array(z.strictObject({
      pid,
      start_ticks: z.int(),
      name,
      time_seconds: z.array(size),
      memory_bytes: points,
    })),
    series: z.array(z.strictObject({ source: name, name, unit, time_seconds: points, values: points })),
  }),
  unavailable: z.array(z.strictObject({ source: name, why: name, hint: name })),
  own: z.strictObject({
    cpu_seconds: size,
    cpu_ratio: size,
    rss_bytes: size,
    collectors: z.array(z.strictObject({
      name,
      source: name,
      ok: z.boolean(),
      runs: size,
      total_seconds: size,
      duration_seconds: size,
    })),
  }),
});
