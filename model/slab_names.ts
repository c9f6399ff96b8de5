/** What the kernel's slab caches are, and whose growth points where. Pure. */

import type { GlossaryEntry } from "./glossary.ts";
import { isReclaimableSlab } from "./reclaimable_slab.ts";

/** A cache: a plain name for it and what its growth means. */
export interface SlabMeaning extends GlossaryEntry {
  /** Shrinks when memory is wanted: growth alone is no leak. */
  is_reclaimable: boolean;
}

const DROP = "sudo sh -c 'sync; echo 2 > /proc/sys/vm/drop_caches'   # if it falls, it was only a cache";
const FILES = "sudo find /proc/[0-9]*/fd -type l 2>/dev/null | cut -d/ -f3 | sort | uniq -c | sort -n | tail";
const SOCKETS = "ss -s; sudo ss -tuwxap | grep -o 'pid=[0-9]*' | sort | uniq -c | sort -n | tail";
const TRACE =
  "sudo perf trace -e kmem:kmalloc --max-stack 8 -- sleep 5   # or, booted with slab_debug=U: cat /sys/kernel/debug/slab/NAME/alloc_traces";

type Row = readonly [pattern: RegExp, name: string, meaning: string, nextStep: string];

/** First match wins. Names are those of Linux 3.10 to 6.18 (kmem_cache_create calls and mm/slab_common.c). */
const ROWS: readonly Row[] = [
  [/^dentry$/, "file names", "names of files looked up, missing ones too", DROP],
  [
    /^(?!sock_|shmem_|proc_|mqueue_|hugetlbfs_)(inode_cache|.*_inode_cache|.*_inode|inode_cache_.*|v9fs_.*|fuse_inode)$/,
    "inodes",
    "files that the kernel remembers",
    DROP,
  ],
  [
    /^(xfs_ili|xfs_buf|xfs_da_state|btrfs_.*|ext4_.*|jbd2_.*|nfs_.*|zfs_.*|zio_.*|arc_buf.*|dnode_t|dmu_.*|bcachefs.*)$/,
    "file system",
    "a file system's own records",
    DROP,
  ],
  [
    /^radix_tree_node$/,
    "page cache index",
    "where each cached page of each file lies; grows with the page cache",
    DROP,
  ],
  [/^buffer_head$/, "buffer heads", "which disk block each cached page belongs to", DROP],
  [
    /^kernfs_.*$/,
    "sysfs and cgroup files",
    "one for each file in /sys and in each cgroup",
    "find /sys/fs/cgroup -type d | wc -l",
  ],
  [/^proc_(inode|dir).*$/, "proc entries", "entries of /proc that were looked at", DROP],
  [
    /^(filp|files_cache|fdtable|eventpoll_.*|ep_.*|file_lock.*|fasync_cache|seq_file|flc_.*|inotify_.*|fsnotify_.*|dnotify_.*)$/,
    "open files",
    "files, sockets and watches that programs hold open",
    FILES,
  ],
  [
    /^(sock_inode_cache|TCP.*|tcp_.*|tw_sock_.*|request_sock_.*|UDP.*|RAW.*|UNIX.*|PING|MPTCP.*|SCTP.*|NETLINK|PACKET|sctp_.*|.*_sock)$/,
    "sockets",
    "connections and listeners that programs hold open",
    SOCKETS,
  ],
  [
    /^(skbuff_.*|skb.*)$/,
    "network packets",
    "packets in flight or waiting for a program to read them",
    SOCKETS,
  ],
  [
    /^(nf_conntrack.*|nf_.*|nft_.*|ip_vs_.*|xt_.*)$/,
    "connection tracking",
    "connections that the firewall follows",
    "sudo conntrack -C; sysctl net.netfilter.nf_conntrack_max",
  ],
  [
    /^(ip_dst_cache|ip6_dst_cache|ip_fib_.*|fib.*|rt6_.*|neigh.*|inet_peer_cache|xfrm_.*|inetpeer)$/,
    "routes",
    "routes and neighbours",
    "ip -s route show cache; ip neigh | wc -l",
  ],
  [/^net_namespace$/, "network namespaces", "one for each container with its own network", "lsns -t net"],
  [
    /^(task_struct|task_group|signal_cache|sighand_cache|thread_.*|task_delay_info|taskstats|pid.*|cred_jar|uts_.*|nsproxy|user_namespace|delayacct.*|fork.*)$/,
    "threads",
    "threads and processes, zombies and their parents' credentials",
    "ps -eo nlwp,pid,stat,comm --sort=-nlwp | head",
  ],
  [
    /^(mm_struct|vm_area_struct|vma_.*|anon_vma.*|maple_node|vmap_area|userfaultfd_.*|ksm_.*|pgtable.*)$/,
    "mappings",
    "pieces of address space; grows when a program maps and never unmaps",
    "wc -l /proc/[0-9]*/maps 2>/dev/null | sort -n | tail",
  ],
  [
    /^(shmem_inode_cache|hugetlbfs_.*)$/,
    "tmpfs files",
    "files in tmpfs, shared memory and memfd",
    "df -i -t tmpfs; ipcs -m",
  ],
  [
    /^(mnt_cache|mount.*|fs_cache|fs_struct)$/,
    "mounts",
    "mount points in all namespaces",
    "wc -l /proc/[0-9]*/mountinfo | sort -n | tail",
  ],
  [
    /^(cgroup.*|mem_cgroup.*|blkcg_.*|memcg_.*)$/,
    "cgroups",
    "cgroups, removed ones with memory still charged to them",
    "cat /proc/cgroups; cat /sys/fs/cgroup/cgroup.stat",
  ],
  [
    /^(bio.*|biovec.*|blkdev_.*|request_.*|dm_.*|kcopyd_.*|scsi_.*|sgpool.*|io_kiocb|kiocb|kioctx|nvme.*|sd_.*|aio_.*)$/,
    "disk requests",
    "reads and writes in flight",
    "cat /proc/diskstats; iostat -x 1",
  ],
  [
    /^(key_jar|selinux_.*|avc_.*|lsm_.*|apparmor.*|audit_.*|ima_.*|iint_.*|landlock.*)$/,
    "security",
    "keys and labels of the security modules",
    "cat /proc/key-users; dmesg | grep -i -E 'selinux|apparmor|audit'",
  ],
  [
    /^(posix_timers_cache|timerfd.*|hrtimer.*)$/,
    "timers",
    "timers that programs created",
    "grep -c . /proc/[0-9]*/timers 2>/dev/null | sort -t: -k2 -n | tail",
  ],
  [/^(bpf_.*)$/, "eBPF", "eBPF programs and maps", "sudo bpftool prog list; sudo bpftool map list"],
  [
    /^(kvm_.*|x86_emulator|pte_list_desc)$/,
    "virtual machines",
    "what KVM keeps for guests",
    "ps -C qemu-system-x86_64 -o pid,rss,args",
  ],
  [
    /^(drm_.*|i915_.*|amdgpu_.*|ttm_.*|dma_.*|dmaengine.*)$/,
    "graphics",
    "buffers and requests of graphics drivers",
    "sudo cat /sys/kernel/debug/dri/*/gem_names; sudo cat /sys/kernel/debug/dma_buf/bufinfo",
  ],
  [
    /^(zspage|zs_handle.*|zswap_.*)$/,
    "compressed pages",
    "swap kept compressed in memory",
    "zramctl; grep -r . /sys/kernel/debug/zswap",
  ],
  [/^(numa_policy|shared_policy_node)$/, "NUMA policies", "where memory is to come from", "numastat"],
  [/^(names_cache)$/, "path buffers", "paths being looked up at this moment", TRACE],
  [
    /^(msg_.*|mqueue_.*|ipc_.*|sem_.*)$/,
    "message queues",
    "System V and POSIX messages and semaphores",
    "ipcs -q -s; ls -l /dev/mqueue",
  ],
];

/** kmalloc-64, kmalloc-cg-1k, kmalloc-rcl-96, dma-kmalloc-512, kmalloc-rnd-05-128: sizes for whoever asks. */
const KMALLOC = /^(?:(dma|cma)-)?kmalloc(?:-(cg|rcl|rnd-\d+))?-(\d+)(k|M)?$/;

/** Explains a cache by its name; every name gets an answer. */
export function explainSlab(cache: string): SlabMeaning {
  const general = KMALLOC.exec(cache);
  if (general !== null) {
    const [, zone, kind, size, unit] = general;
    const bytes = `${size}${unit === "k" ? " KiB" : unit === "M" ? " MiB" : " bytes"}`;
    const whose = kind === "cg"
      ? "on behalf of a container or service"
      : zone === "dma"
      ? "for devices"
      : "for any driver or subsystem";
    return {
      name: `general allocations of up to ${bytes}`,
      meaning: `the kernel's malloc, ${whose}: the name does not say who asked`,
      next_step: TRACE.replace("NAME", cache),
      is_reclaimable: isReclaimableSlab(cache),
    };
  }
  for (const [pattern, name, meaning, nextStep] of ROWS) {
    if (pattern.test(cache)) {
      return { name, meaning, next_step: nextStep, is_reclaimable: isReclaimableSlab(cache) };
    }
  }
  return {
    name: cache,
    meaning: "a kernel cache of its own; named after its subsystem or module",
    next_step: `sudo grep ^${/^[\w-]+$/.test(cache) ? cache : "NAME"} /proc/slabinfo; lsmod`,
    is_reclaimable: isReclaimableSlab(cache),
  };
}
