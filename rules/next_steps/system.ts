/** What to type next for what no single process explains: the kernel, units, shared memory. */

import type { Finding } from "../../model/finding.ts";
import { unitStep } from "./cgroups.ts";
import { shellQuote } from "./shell_quote.ts";
import { dig, look, type Step } from "./step.ts";

const SLABTOP = look("slabtop -o -s c | head -20", "", "slabtop");
/** slabtop's numbers without slabtop: objects × size. */
const SLABINFO = look(
  "awk 'NR > 2 {print int($3 * $4 / 1024) \" KiB\", $1}' /proc/slabinfo | sort -rn | head -20",
);
const THREADS = "ps -eo nlwp,pid,comm --sort=-nlwp | head";
/** Unlinked files that are only mapped: no directory and no descriptor shows them. */
const MAPPED_SHM =
  "find /proc/[0-9]*/map_files -lname '/dev/shm/* (deleted)' -printf '%h\\n' 2>/dev/null | sort | uniq -c | sort -rn";

/** Version 2 tells dying cgroups; version 1 only how many there are, against the directories one sees. */
const CGROUPS =
  "grep -s . /sys/fs/cgroup/cgroup.stat; grep -E 'num_cgroups|^memory' /proc/cgroups; find /sys/fs/cgroup -type d | sed 's|/[^/]*$||' | sort | uniq -c | sort -rn | head";

/** lsns knows namespaces with processes in them; `ip netns add` leaves one that only a mount holds. */
const NETWORK_NAMESPACES = [
  look(
    "lsns -t net -o NS,NPROCS,PID,COMMAND; grep ' nsfs ' /proc/self/mountinfo | awk '{print $4, $5}'",
    "with processes; then those that a mount holds (ip netns del NAME)",
    "lsns",
  ),
  look(
    "readlink /proc/[0-9]*/ns/net | sort | uniq -c; grep ' nsfs ' /proc/self/mountinfo | awk '{print $4, $5}'",
    "with processes; then those that a mount holds (ip netns del NAME)",
  ),
];

/** One process for all, where `ls` for each takes a second for twenty processes. */
const OPEN_FILES = look(
  "find /proc/[0-9]*/fd -type l 2>/dev/null | cut -d/ -f3 | sort | uniq -c | sort -rn | head",
  "descriptors, pid: who holds the open files",
);

/** Slab caches that are filled by something one can look at; the first pattern that fits. */
const SLAB_STEPS: [RegExp, Step[]][] = [
  [/^(filp|file_lock)/, [OPEN_FILES]],
  [
    /^(sock_inode_cache|TCP|UDP|tw_sock|request_sock|skbuff|UNIX)/i,
    [
      look("ss -s; ss -Htan | awk '{print $1}' | sort | uniq -c | sort -rn", "", "ss"),
      look("cat /proc/net/sockstat"),
    ],
  ],
  [
    /^(dentry|.*inode_cache|inode_cache)/,
    [
      dig(
        "sync; echo 2 > /proc/sys/vm/drop_caches; slabtop -o -s c | head -20",
        "frees what can be freed, which slows disk access for a while; what stays is pinned",
        "slabtop",
      ),
    ],
  ],
  [
    /^(task_struct|signal_cache|sighand|pid|mm_struct|vm_area|anon_vma|files_cache|cred)/,
    [look(THREADS, "who has the threads and mappings")],
  ],
  [/^(kernfs_node|cgroup|mem_cgroup|percpu)/, [look(CGROUPS, "what creates cgroups and leaves them")]],
  [/^net_namespace/, NETWORK_NAMESPACES],
  [/^nf_conntrack/, [
    look(
      "conntrack -C; sysctl net.netfilter.nf_conntrack_max",
      "connections being tracked, and their limit",
      "conntrack",
    ),
    look("sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max"),
  ]],
];

export function slabSteps(cache: string): Step[] {
  const known = SLAB_STEPS.find(([pattern]) => pattern.test(cache));
  if (known) return known[1];
  const name = shellQuote(cache);
  const objects = look(
    `grep -F ${name} /proc/slabinfo; ls /sys/kernel/slab/${name}/ 2>/dev/null`,
    `slab_debug=U,${name} at boot records who allocates`,
  );
  // kmalloc-* and driver caches: only the allocating stack tells. The tracepoint is stable since 2.6.
  const size = /^kmalloc(?:-[a-z]+)*-(\d+)(k?)$/.exec(cache);
  if (size === null) return [objects];
  const bytes = Number(size[1]) * (size[2] ? 1024 : 1);
  return [
    dig(
      // `->` in every version: `.` came with 0.18.
      `bpftrace -e 't:kmem:kmalloc /args->bytes_alloc == ${bytes}/ { @[kstack] = count(); } interval:s:60 { exit(); }'`,
      "stacks that allocate this size, for a minute; traces every allocation of the kernel meanwhile",
      "bpftrace",
    ),
    dig(
      `perf record -e kmem:kmalloc --filter 'bytes_alloc == ${bytes}' -ag -o /tmp/kmalloc.data -- sleep 10; perf report -i /tmp/kmalloc.data --stdio | head -40`,
      "stacks that allocate this size, for ten seconds; traces every allocation of the kernel meanwhile",
      "perf",
    ),
    objects,
  ];
}

type Steps = (finding: Finding) => Step[];

/** One row per kind of finding that is not about one process. */
export const SYSTEM_STEPS: Partial<Record<Finding["kind"], Steps>> = {
  "kernel-slab": ({ subject }) => slabSteps(subject.name),
  "kernel-memory": ({ subject }) =>
    KERNEL_STEPS.find(([pattern]) => pattern.test(subject.name))?.[1] ?? [SLABTOP, SLABINFO],
  "kernel-unaccounted": () => [
    look(
      "dmesg -T | tail -50; sort -k2 -rn /proc/modules 2>/dev/null | head",
      "pages that a driver allocates itself are not counted: page_owner=on at boot names them",
    ),
  ],
  "kernel-cgroups": () => [
    look(
      CGROUPS,
      "what creates cgroups and leaves them; page cache pins dying ones: echo 1 > /proc/sys/vm/drop_caches",
    ),
  ],
  "kernel-descriptors": () => [OPEN_FILES],
  "shared-memory": ({ subject }) => SHARED_STEPS[subject.name] ?? SHARED_STEPS.Shmem!,
  "tmpfs": ({ subject }) => {
    const mount = shellQuote(subject.name);
    return [
      look(
        `du -axh ${mount} | sort -rh | head -20; lsof +aL1 ${mount}`,
        "its files, then those that are deleted and still open",
        "lsof",
      ),
      look(
        `du -axh ${mount} | sort -rh | head -20; find /proc/[0-9]*/fd -lname ${
          shellQuote(`${subject.name.replaceAll(/[\\*?[]/g, "\\$&")}/* (deleted)`)
        } -exec ls -lL {} + 2>/dev/null`,
        "its files, then those that are deleted and still open",
      ),
    ];
  },
  // Of a program that ends again and again in a unit, the name is the program's.
  "unit-memory": ({ subject }) => [look(unitStep(subject.unit ?? subject.name))],
  "system-memory": ({ subject }) => [subject.name === "swap" ? SWAPPED_OUT : LONGER_WINDOW],
};

const SWAPPED_OUT = look(
  "grep -s VmSwap /proc/[0-9]*/status | sort -k2 -rn | head",
  "who has been swapped out",
);
const LONGER_WINDOW = look(
  "leakwatch analyze --duration 1h",
  "no single process stands out yet: a longer window shows slower growth",
);

const SEGMENTS = [
  look("ipcs -m -p; ipcs -m", "creator; nattch 0: nobody uses it any more, ipcrm -m ID frees it"),
];

/** By the names under which shared memory is watched. */
const SHARED_STEPS: Record<string, Step[]> = {
  "System V": SEGMENTS,
  "System V segments": SEGMENTS,
  "POSIX": [
    look(
      `ls -lS /dev/shm | head; lsof +aL1 /dev/shm; ${MAPPED_SHM} | head`,
      "files; deleted ones still open; who maps deleted ones",
      "lsof",
    ),
    look(`ls -lS /dev/shm | head; ${MAPPED_SHM} | head`, "files; who maps deleted ones"),
  ],
  "memfd": [
    look(
      "find /proc/[0-9]*/fd -lname '/memfd:*' -exec stat -Lc '%b %n' {} + 2>/dev/null | awk -F'[ /]' '{k[$4] += $1 / 2; n[$4]++} END {for (p in k) print k[p] " +
        '" KiB in " n[p], "of pid " p}\' | sort -rn | head',
      "who holds how much; the same file counts for each of its holders",
    ),
  ],
  "Shmem": [
    look(`df -h -t tmpfs; ipcs -m -p; ls -lS /dev/shm | head`),
  ],
};

/** Fields of /proc/meminfo. */
const KERNEL_STEPS: [RegExp, Step[]][] = [
  [/SUnreclaim|slab_unreclaimable/i, [SLABTOP, SLABINFO]],
  [
    /^SecPageTables/,
    [
      look(
        "ps -eo pid,rss,args --sort=-rss | grep -E 'qemu|kvm|firecracker' | head",
        "virtual machines and the IOMMU use them",
      ),
    ],
  ],
  [
    /PageTables|page_tables/i,
    [look("grep -s VmPTE /proc/[0-9]*/status | sort -k2 -rn | head", "who has sparse or huge mappings")],
  ],
  [/KernelStack|kernel_stack/i, [look(THREADS, "each thread costs 16 KiB")]],
  [/Percpu/i, [look(CGROUPS, "cgroups, network devices and BPF maps use it")]],
  [
    /Vmalloc/i,
    // Address range, size, caller.
    [look(
      "awk '{s[$3] += $2} END {for (c in s) print s[c], c}' /proc/vmallocinfo | sort -rn | head -20",
      "bytes by caller",
    )],
  ],
  [
    /tcp|udp|sock/i,
    [
      look(
        "ss -s; ss -tmp | grep -B1 'skmem:(r[1-9][0-9]\\{5,\\}' | head -40",
        "sockets nobody reads",
        "ss",
      ),
      look("cat /proc/net/sockstat"),
    ],
  ],
  [/namespaces/i, NETWORK_NAMESPACES],
  [/^mounts$/, [
    look(
      'awk \'{sub("/[^/]*$", "", $5); print $5 "/"}\' /proc/self/mountinfo | sort | uniq -c | sort -rn | head',
      "directories with most mounts in them",
    ),
  ]],
  [/fragments/i, [
    look("nstat -az | grep -i reasm", "fragments that never become whole packets", "nstat"),
    look("grep FRAG /proc/net/sockstat*"),
  ]],
  [/zram/i, [
    look("zramctl; cat /proc/swaps", "", "zramctl"),
    look("grep . /sys/block/zram*/mm_stat; cat /proc/swaps"),
  ]],
  [
    /zswap/i,
    [
      look(
        "grep -s . /sys/module/zswap/parameters/*; grep -s VmSwap /proc/[0-9]*/status | sort -k2 -rn | head",
      ),
    ],
  ],
  [/hugetlb/i, [
    look("grep . /sys/kernel/mm/hugepages/*/nr_hugepages /sys/kernel/mm/hugepages/*/free_hugepages"),
  ]],
  [
    /balloon/i,
    [
      look(
        "grep -i balloon /proc/vmstat",
        "the host takes memory back: ask its administrator, or set a minimum there",
      ),
    ],
  ],
];
