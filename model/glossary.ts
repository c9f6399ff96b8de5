/** One line for each kernel term that a report uses: what it is, and what its growth would mean. Pure. */

export interface GlossaryEntry {
  /** As a table's row says it. */
  name: string;
  /** One sentence for a person who has never heard of it. */
  meaning: string;
  /** What to type when it grows. */
  next_step: string;
}

/** Keyed by the field names of samples, less the unit, and by the rows of the memory map. */
export const GLOSSARY = {
  programs: {
    name: "programs",
    meaning: "Anonymous memory of processes: heaps, stacks, private copies. Each page belongs to a process.",
    next_step: "ps -eo pid,rss,comm --sort=-rss | head",
  },
  shared_memory: {
    name: "shared memory, tmpfs",
    meaning:
      "Files in tmpfs and /dev/shm, System V segments, memfd: no process's private memory, and not freed by an exit.",
    next_step: "df -h -t tmpfs; ipcs -m -p; ls -lS /dev/shm",
  },
  page_cache: {
    name: "page cache",
    meaning:
      "Contents of files kept for the next reader. The kernel gives it back when programs want memory: no leak.",
    next_step: "nothing to do: it is given back on demand",
  },
  buffers: {
    name: "buffers",
    meaning: "Page cache of block devices and file system metadata, given back on demand.",
    next_step: "nothing to do: it is given back on demand",
  },
  swap_cache: {
    name: "swap cache",
    meaning: "Pages that came back from swap and still have their place there.",
    next_step: "vmstat 1",
  },
  slab_reclaimable: {
    name: "slab, reclaimable",
    meaning:
      "Kernel objects that can be dropped, mostly names and inodes of files once looked at. Growth is usually a cache.",
    next_step: "slabtop -o -s c | head -20",
  },
  slab_unreclaimable: {
    name: "slab, unreclaimable",
    meaning:
      "Kernel objects in use. When it grows and never falls, something holds them: descriptors, a driver, a kernel bug.",
    next_step: "slabtop -o -s c | head -20",
  },
  kernel_reclaimable_other: {
    name: "kernel, reclaimable",
    meaning: "Kernel memory outside of slab that can be dropped on demand (KReclaimable less SReclaimable).",
    next_step: "nothing to do: it is given back on demand",
  },
  kernel_stacks: {
    name: "kernel stacks",
    meaning:
      "16 KiB for each thread. It grows with threads, so look for a program that starts them and never ends them.",
    next_step: "ps -eo nlwp,pid,comm --sort=-nlwp | head",
  },
  vmalloc: {
    name: "vmalloc",
    meaning: "Large kernel areas: modules, eBPF programs and maps, network filter tables, kernel stacks.",
    next_step: "sudo awk '{n[$3]+=$2} END {for (c in n) print n[c], c}' /proc/vmallocinfo | sort -n | tail",
  },
  page_tables: {
    name: "page tables",
    meaning:
      "Where each page of each process lies. They grow with memory mapped and touched here and there, and with many processes sharing it.",
    next_step: "grep -H VmPTE /proc/[0-9]*/status | sort -k2 -n | tail",
  },
  secondary_page_tables: {
    name: "page tables of guests",
    meaning: "Page tables that KVM and IOMMUs keep for virtual machines and devices.",
    next_step: "ps -C qemu-system-x86_64 -o pid,rss,args",
  },
  per_cpu: {
    name: "per-CPU",
    meaning:
      "One copy for each processor: counters of cgroups, network devices, eBPF maps. It grows with containers left over.",
    next_step: "cat /proc/cgroups; sudo bpftool map list",
  },
  huge_pages: {
    name: "huge pages",
    meaning: "Reserved by the administrator (vm.nr_hugepages), used or not: unavailable to all else.",
    next_step: "grep -H . /sys/kernel/mm/hugepages/*/*_hugepages",
  },
  zswap: {
    name: "zswap",
    meaning: "Compressed pages on their way to swap.",
    next_step: "grep -r . /sys/kernel/debug/zswap",
  },
  zram: {
    name: "zram",
    meaning: "Swap kept compressed in memory; no line of /proc/meminfo holds it.",
    next_step: "zramctl",
  },
  bounce: {
    name: "bounce buffers",
    meaning: "Copies for devices that reach only low memory.",
    next_step: "dmesg | grep -i swiotlb",
  },
  writeback_tmp: {
    name: "FUSE write-back",
    meaning: "Copies that FUSE file systems keep while they write.",
    next_step: "mount -t fuse",
  },
  unaccounted: {
    name: "unaccounted",
    meaning:
      "What no counter of the kernel names: drivers (graphics, network rings), hypervisor balloon, buffers of sockets. Its growth counts, not its size.",
    next_step: "ss -s; cat /proc/net/sockstat; lsmod; sudo cat /sys/kernel/debug/dma_buf/bufinfo | tail -1",
  },
  free: {
    name: "free",
    meaning: "Used for nothing at all. Little of it is normal: the page cache takes what is left.",
    next_step: "nothing to do",
  },
  available: {
    name: "available",
    meaning:
      "What programs could still get without swapping: free memory and the caches that can be dropped.",
    next_step: "free -h",
  },
  balloon: {
    name: "balloon",
    meaning:
      "Memory that the hypervisor has taken back from this guest. Only the hypervisor's side can return it.",
    next_step: "grep balloon /proc/vmstat; ask who runs the hypervisor",
  },
  cma: {
    name: "CMA",
    meaning: "A part kept movable so that devices can get large areas; programs use it meanwhile.",
    next_step: "grep Cma /proc/meminfo",
  },
  dying_cgroups: {
    name: "dying cgroups",
    meaning:
      "Removed containers and services that live on because some memory is still charged to them, at 50 KiB and more each with many processors.",
    next_step: "sudo sh -c 'sync; echo 3 > /proc/sys/vm/drop_caches'   # if they go, page cache held them",
  },
  cgroups: {
    name: "cgroups",
    meaning:
      "One for each container, service and session. Thousands of empty ones mean that a program creates them and never removes them.",
    next_step: "find /sys/fs/cgroup -type d | sed 's|/[^/]*$||' | sort | uniq -c | sort -n | tail",
  },
  network_namespaces: {
    name: "network namespaces",
    meaning:
      "One for each container with its own network. Those without processes are pinned by a descriptor, a mount or a bug.",
    next_step: "lsns -t net; ip netns list",
  },
  tcp: {
    name: "TCP buffers",
    meaning:
      "Data received and not yet read, or sent and not yet acknowledged. It grows when a program stops reading.",
    next_step: "ss -tmn | sort -k2 -n | tail",
  },
  udp: {
    name: "UDP buffers",
    meaning: "Datagrams received and not yet read.",
    next_step: "ss -umn",
  },
  fragment: {
    name: "IP fragments",
    meaning: "Pieces of packets that wait for the rest.",
    next_step: "nstat -az | grep -i reasm",
  },
  sockets: {
    name: "sockets",
    meaning: "All sockets in use. When they grow, some program opens them and does not close them.",
    next_step: "ss -s; ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c socket:",
  },
  inodes: {
    name: "inodes",
    meaning: "Files that the kernel remembers: a cache, unless unreclaimable slab grows with it.",
    next_step: "cat /proc/sys/fs/inode-nr",
  },
  dentries: {
    name: "dentries",
    meaning:
      "File names that the kernel remembers, missing ones too: a cache, which a program that makes up names can fill.",
    next_step: "cat /proc/sys/fs/dentry-state",
  },
  modules: {
    name: "modules",
    meaning: "Kernel modules loaded.",
    next_step: "lsmod | sort -k2 -n | tail",
  },
} as const satisfies Record<string, GlossaryEntry>;

export type GlossaryTerm = keyof typeof GLOSSARY;

/**
 * The entry for a term: a key above, or a sample's field ("page_tables_bytes", "percpu_bytes"). Null for what the glossary
 * does not know.
 */
export function explainTerm(term: string): GlossaryEntry | null {
  const key = term.replace(/_bytes$/, "");
  const known = (ALIASES[key] ?? key) as GlossaryTerm;
  return Object.hasOwn(GLOSSARY, known) ? GLOSSARY[known] : null;
}

/** Names of sample fields that differ from the glossary's keys. */
const ALIASES: Readonly<Record<string, GlossaryTerm>> = {
  anon: "programs",
  shmem: "shared_memory",
  cached: "page_cache",
  swap_cached: "swap_cache",
  kernel_reclaimable: "slab_reclaimable",
  kernel_stack: "kernel_stacks",
  vmalloc_used: "vmalloc",
  percpu: "per_cpu",
  hugetlb: "huge_pages",
  cma_total: "cma",
  cma_free: "cma",
  network_namespaces_visible: "network_namespaces",
};
