/** What to type next for what no single process explains: the kernel, units, shared memory. */

import type { Finding } from "../../model/finding.ts";
import { unitStep } from "./cgroups.ts";
import { shellQuote } from "./shell_quote.ts";

/** Slab caches that are filled by something one can look at; the first pattern that fits. */
const SLAB_STEPS: [RegExp, string][] = [
  [
    /^(filp|file_lock)/,
    "lsof -nP | awk '{print $1, $2}' | sort | uniq -c | sort -rn | head   # who holds the open files",
  ],
  [
    /^(sock_inode_cache|TCP|UDP|tw_sock|request_sock|skbuff|UNIX)/i,
    "ss -s; ss -tanp | awk '{print $1}' | sort | uniq -c",
  ],
  [
    /^(dentry|.*inode_cache|inode_cache)/,
    "sync; echo 2 > /proc/sys/vm/drop_caches; slabtop -o -s c | head -20   # what stays is pinned",
  ],
  [
    /^(task_struct|signal_cache|sighand|pid|mm_struct|vm_area|anon_vma|files_cache|cred)/,
    "ps -eo nlwp,pid,comm --sort=-nlwp | head   # who has the threads and mappings",
  ],
  [
    /^(kernfs_node|cgroup|mem_cgroup|percpu)/,
    "systemd-cgls -a | wc -l; cat /sys/fs/cgroup/cgroup.stat   # who makes cgroups and leaves them",
  ],
  [/^(net_namespace|nf_conntrack)/, "lsns -t net; conntrack -C"],
];

export function slabStep(cache: string): string {
  const known = SLAB_STEPS.find(([pattern]) => pattern.test(cache));
  if (known) return known[1];
  const name = shellQuote(cache);
  // kmalloc-* and driver caches: only the allocating stack tells. The tracepoint is stable since 2.6.
  const size = /^kmalloc(?:-[a-z]+)*-(\d+)(k?)$/.exec(cache);
  if (size) {
    const bytes = Number(size[1]) * (size[2] ? 1024 : 1);
    return `bpftrace -e 't:kmem:kmalloc /args.bytes_alloc == ${bytes}/ { @[kstack] = count(); } interval:s:60 { exit(); }'`;
  }
  return `slabtop -o -s c | head -20; ls /sys/kernel/slab/${name}/   # slab_debug=U,${name} at boot records who allocates`;
}

type Step = (finding: Finding) => string;

/** One row per kind of finding that is not about one process. */
export const SYSTEM_STEPS: Partial<Record<Finding["kind"], Step>> = {
  "kernel-slab": ({ subject }) => slabStep(subject.name),
  "kernel-memory": ({ subject }) =>
    KERNEL_STEPS.find(([pattern]) => pattern.test(subject.name))?.[1] ?? KERNEL_STEP,
  "kernel-unaccounted": () =>
    "dmesg -T | tail -50; lsmod | sort -k2 -rn | head   # drivers take pages that nobody counts: page_owner=on at boot names them",
  "kernel-cgroups": () =>
    "systemd-cgls -a --no-pager | tail -40; sync; echo 1 > /proc/sys/vm/drop_caches   # page cache pins dying cgroups",
  "kernel-descriptors": () =>
    'for p in /proc/[0-9]*; do echo "$(ls $p/fd 2>/dev/null | wc -l) ${p#/proc/} $(cat $p/comm)"; done | sort -rn | head',
  "shared-memory": ({ subject }) => SHARED_STEPS[subject.name] ?? SHARED_STEPS.Shmem!,
  "tmpfs": ({ subject }) => `du -axh ${shellQuote(subject.name)} | sort -rh | head -20`,
  // Of a program that ends again and again in a unit, the name is the program's.
  "unit-memory": ({ subject }) => unitStep(subject.unit ?? subject.name),
  "system-memory": ({ subject }) => subject.name === "swap" ? SWAP_STEP : EXHAUSTION_STEP,
};

const SWAP_STEP = "grep -s VmSwap /proc/[0-9]*/status | sort -k2 -rn | head   # who has been swapped out";
const EXHAUSTION_STEP =
  "leakwatch analyze --duration 1h   # no single process stands out yet: a longer window shows slower growth";

/** By the names under which shared memory is watched. */
const SHARED_STEPS: Record<string, string> = {
  "System V": "ipcs -m -p; ipcs -m -t   # nattch 0: nobody uses it any more, ipcrm -m ID frees it",
  "POSIX": "ls -lS /dev/shm | head; fuser -v /dev/shm/*",
  "memfd": "ls -l /proc/[0-9]*/fd 2>/dev/null | grep memfd: | sort | uniq -c | sort -rn | head",
  "Shmem": "df -h -t tmpfs; ipcs -m -p; ls -lS /dev/shm | head",
};

const KERNEL_STEP = "slabtop -o -s c | head -20; cat /proc/meminfo";

/** Fields of /proc/meminfo. */
const KERNEL_STEPS: [RegExp, string][] = [
  [/SUnreclaim|slab_unreclaimable/i, "slabtop -o -s c | head -20"],
  [
    /^SecPageTables/,
    "ps -eo pid,rss,args --sort=-rss | grep -E 'qemu|kvm|firecracker' | head   # virtual machines and the IOMMU have them",
  ],
  [
    /PageTables|page_tables/i,
    "grep -s VmPTE /proc/[0-9]*/status | sort -k2 -rn | head   # who has sparse or huge mappings",
  ],
  [/KernelStack|kernel_stack/i, "ps -eo nlwp,pid,comm --sort=-nlwp | head   # each thread costs 16 KiB"],
  [
    /Percpu/i,
    "cat /sys/fs/cgroup/cgroup.stat; slabtop -o | grep -i percpu   # cgroups, network devices and BPF maps use it",
  ],
  [/Vmalloc/i, "awk '{s[$4]+=$2} END {for (c in s) print s[c], c}' /proc/vmallocinfo | sort -rn | head -20"],
  [
    /tcp|udp|sock/i,
    "ss -s; ss -tmp | grep -B1 'skmem:(r[1-9][0-9]\\{5,\\}' | head -40   # sockets nobody reads",
  ],
  [/namespaces/i, "lsns -t net"],
  [/fragments/i, "nstat -az | grep -i reasm   # fragments that never become whole packets"],
  [/zram/i, "zramctl; swapon --show"],
  [
    /zswap/i,
    "grep -s . /sys/module/zswap/parameters/*; grep -s VmSwap /proc/[0-9]*/status | sort -k2 -rn | head",
  ],
  [/hugetlb/i, "grep . /sys/kernel/mm/hugepages/*/nr_hugepages /sys/kernel/mm/hugepages/*/free_hugepages"],
  [
    /balloon/i,
    "grep -i balloon /proc/vmstat   # the host takes memory back: ask who runs it, or set a minimum there",
  ],
];
