/** What to type next for what no single process explains: the kernel, containers, units, shared memory. */

import type { Finding } from "../finding.ts";
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

/** Engines and how one asks them; the id is hexadecimal or quoted. */
export function containerStep(engine: string | null, id: string, name: string): string {
  const target = shellQuote(/^[0-9a-f]{12,64}$/.test(id) ? id.slice(0, 12) : name);
  switch (engine) {
    case "docker":
    case "podman":
      return `${engine} top ${target}; ${engine} stats --no-stream ${target}`;
    case "kubernetes":
    case "containerd":
      return `crictl stats --id ${target}; crictl inspect ${target} | grep -m1 '"pid"'`;
    case "lxc":
      return `lxc-info -n ${target}; lxc-attach -n ${target} -- ps aux --sort=-rss | head`;
    case "nspawn":
      return `machinectl status ${target}`;
    default:
      return `systemd-cgtop -m -n 1`;
  }
}

/** What an engine says of a container that was killed at its limit. */
export function containerKillsStep(engine: string | null, id: string, name: string): string {
  const target = shellQuote(/^[0-9a-f]{12,64}$/.test(id) ? id.slice(0, 12) : name);
  switch (engine) {
    case "docker":
    case "podman":
      return `${engine} inspect ${target}`;
    case "kubernetes":
    case "containerd":
      return `crictl inspect ${target}; dmesg -T | grep -i oom | tail -20`;
    default:
      return "dmesg -T | grep -i oom | tail -20   # who was killed, and in which cgroup";
  }
}

const IS_UNIT = /^[^/]+\.(service|scope|slice|socket|mount|swap)$/;

/** What is in a systemd unit, by its name; in any other cgroup by its path, in whichever tree it stands. */
export function unitStep(name: string): string {
  if (IS_UNIT.test(name)) return `systemctl status ${shellQuote(name)}; systemd-cgtop -m -n 1`;
  return `find ${
    directoriesOf(name)
  } -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | xargs -r ps -o pid=,rss=,args= -p | sort -k2 -rn | head | cut -c1-120`;
}

/** Who was killed in a unit or cgroup. */
export function unitKillsStep(name: string): string {
  if (IS_UNIT.test(name)) return `journalctl -u ${shellQuote(name)} -n 50`;
  return `dmesg -T | grep -F ${shellQuote(`memcg=${name}`)} | tail -20`;
}

/** Version 2 (or what stands for it) first, then version 1's memory tree; one of them is there. */
function directoriesOf(path: string): string {
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].map((tree) => shellQuote(tree + path)).join(" ");
}
