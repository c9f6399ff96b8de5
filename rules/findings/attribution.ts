import type { Finding, Severity } from "../../model/finding.ts";

/** A finding for the first lines, and the other findings in which the same growth shows. */
export interface Attribution {
  finding: Finding;
  also: Finding[];
}

/** An echo is left out when others explain this share of its rate. */
const EXPLAINED = 0.5;

/** How much of the outer finding's unit one piece of the inner one makes at most; the pieces are the inner one's. */
type Worth = (inner: Finding, outer: Finding) => number;

const THREAD_STACK_BYTES = 16 * 1024;
/** A thread's own stack as far as it is touched, and what its program keeps for it. */
const THREAD_MEMORY_BYTES = 64 * 1024;
/** Directory, files and counters of one cgroup in all their caches; per-CPU memory grows with the processors. */
const CGROUP_BYTES = 64 * 1024;

/**
 * Bytes in slab caches for one descriptor (include/linux/fs.h, net/sock.h; sizes of Linux 6 with room for debugging). The kernel
 * merges caches of one size under one name (mm/slab_common.c, find_mergeable): unix sockets may go by signal_cache.
 */
const DESCRIPTOR_OBJECTS: [RegExp, number][] = [
  [/^filp$/, 512],
  [/^dentry$/, 256],
  [/^(sock_inode_cache|inode_cache|shmem_inode_cache|UNIX|UDP|PING|RAW|PACKET|signal_cache)/, 1536],
  [/^(TCP|request_sock|tw_sock)/, 3072],
  [/^eventpoll/, 256],
];
const THREAD_OBJECTS: [RegExp, number][] = [
  [/^task_struct$/, THREAD_STACK_BYTES],
  [/^(vm_area_struct|vmap_area|pid|cred|maple_node|anon_vma)/, 1024],
];
const MAPPING_OBJECTS: [RegExp, number][] = [[/^(vm_area_struct|anon_vma|maple_node)/, 512]];
const CGROUP_OBJECTS: [RegExp, number][] = [[
  /^(kernfs_node_cache|kernfs_iattrs_cache|.*cgroup.*)/,
  CGROUP_BYTES,
]];

const objectBytes = (objects: [RegExp, number][], { subject }: Finding) =>
  objects.find(([pattern]) => pattern.test(subject.name))?.[1] ?? 0;

const isSameProcess = (inner: Finding, outer: Finding) =>
  inner.subject.pid !== null && inner.subject.pid === outer.subject.pid &&
  inner.subject.start_ticks === outer.subject.start_ticks;

const isTotal = ({ kind, subject }: Finding, name: string) =>
  kind.startsWith("kernel-") && subject.name === name;

/** Which findings are the cause that shows in another kind, from the outside in: what stands first is looked at first. */
const ECHOES: { of: (outer: Finding) => boolean; worth: Worth }[] = [
  {
    of: ({ kind }) => kind === "container-memory",
    worth: (inner, outer) =>
      inner.kind === "process-memory" && inner.subject.container === outer.subject.container ? 1 : 0,
  },
  {
    of: ({ kind }) => kind === "process-mappings",
    // A thread has a stack and a guard page before it; memory comes in pages.
    worth: (inner, outer) =>
      !isSameProcess(inner, outer)
        ? 0
        : inner.kind === "process-threads"
        ? 3
        : inner.kind === "process-memory"
        ? 1 / 4096
        : 0,
  },
  {
    of: ({ kind }) => kind === "process-memory",
    worth: (inner, outer) =>
      inner.kind === "process-threads" && isSameProcess(inner, outer) ? THREAD_MEMORY_BYTES : 0,
  },
  {
    of: (outer) => outer.kind === "kernel-descriptors" || isTotal(outer, "sockets"),
    worth: (inner) => inner.kind === "process-descriptors" ? 1 : 0,
  },
  {
    of: ({ kind }) => kind === "kernel-slab",
    worth: (inner, outer) => {
      switch (inner.kind) {
        case "process-descriptors":
          return objectBytes(DESCRIPTOR_OBJECTS, outer);
        case "process-threads":
          return objectBytes(THREAD_OBJECTS, outer);
        case "process-mappings":
          return objectBytes(MAPPING_OBJECTS, outer);
        case "kernel-cgroups":
          return objectBytes(CGROUP_OBJECTS, outer);
        default:
          return 0;
      }
    },
  },
  {
    of: (outer) => isTotal(outer, "KernelStack") || isTotal(outer, "VmallocUsed"),
    worth: (inner) => inner.kind === "process-threads" ? THREAD_STACK_BYTES : 0,
  },
  {
    of: (outer) => isTotal(outer, "Percpu"),
    worth: (inner) => inner.kind === "kernel-cgroups" ? CGROUP_BYTES : 0,
  },
  {
    of: (outer) => isTotal(outer, "Zswap") || isTotal(outer, "zram"),
    worth: (inner) =>
      inner.kind === "process-memory" || (inner.kind === "system-memory" && inner.subject.name === "swap")
        ? 1
        : 0,
  },
  {
    // Memory in use is the sum of all that has a name.
    of: ({ kind, subject }) => kind === "system-memory" && subject.name === "MemAvailable",
    worth: (inner) => inner.unit === "bytes" && inner.kind !== "system-memory" ? 1 : 0,
  },
];

/**
 * Every leak once: leaves out findings that are the echo of others (a container around its process, the kernel's sockets and
 * slab caches around a process that leaks descriptors, the whole machine's memory around all that leaks), and hands them over with
 * their cause. An echo that is surer or more urgent than its cause stays.
 */
export function attribute(findings: readonly Finding[]): Attribution[] {
  const told = new Map<Finding, Attribution>(findings.map((finding) => [finding, { finding, also: [] }]));
  for (const { of, worth } of ECHOES) {
    for (const outer of findings) {
      if (!told.has(outer) || !of(outer)) continue;
      const causes = [...told.keys()].map((inner) => ({ inner, share: shareOf(inner, outer, worth) }))
        .filter(({ inner, share }) => share > 0 && inner !== outer && speaksFor(inner, outer));
      if (causes.reduce((sum, { share }) => sum + share, 0) < EXPLAINED) continue;
      const main = causes.reduce((best, each) => each.share > best.share ? each : best);
      const { also } = told.get(outer)!;
      told.delete(outer);
      told.get(main.inner)!.also.push(outer, ...also);
    }
  }
  return [...told.values()];
}

/** Each echo and the finding that it is an echo of. */
export function causesOf<T extends Finding>(findings: readonly T[]): Map<Finding, T> {
  return new Map(
    attribute(findings).flatMap(({ finding, also }) => also.map((echo) => [echo, finding as T])),
  );
}

function shareOf(inner: Finding, outer: Finding, worth: Worth): number {
  const rate = outer.rate_per_hour?.mid ?? 0;
  return rate > 0 ? Math.max(0, inner.rate_per_hour?.mid ?? 0) * worth(inner, outer) / rate : 0;
}

const URGENCY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

const speaksFor = (inner: Finding, outer: Finding) =>
  (inner.verdict === "leak" || outer.verdict !== "leak") &&
  URGENCY[inner.severity] >= URGENCY[outer.severity];
