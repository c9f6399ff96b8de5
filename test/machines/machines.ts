/** The machines that tests and golden files look at. */

import { cgroup, v1Cgroup } from "./cgroup_files.ts";
import type { FakeMachine, FakeProcess } from "./machine.ts";
import { cron, hostile, init, java, kthreadd, nginx, shell } from "./processes.ts";

const MODERN_MEMINFO = {
  MemTotal: 8_000_000,
  MemFree: 3_000_000,
  MemAvailable: 5_400_000,
  Buffers: 100_000,
  Cached: 2_400_000,
  SwapCached: 0,
  Active: 1_900_000,
  Inactive: 2_100_000,
  Unevictable: 0,
  Mlocked: 0,
  SwapTotal: 2_000_000,
  SwapFree: 2_000_000,
  Dirty: 300,
  Writeback: 0,
  AnonPages: 1_800_000,
  Mapped: 400_000,
  Shmem: 40_000,
  KReclaimable: 180_000,
  Slab: 300_000,
  SReclaimable: 180_000,
  SUnreclaim: 120_000,
  KernelStack: 6_000,
  PageTables: 20_000,
  SecPageTables: 0,
  Bounce: 0,
  WritebackTmp: 0,
  CommitLimit: 6_000_000,
  Committed_AS: 3_000_000,
  VmallocTotal: 34_359_738_367,
  VmallocUsed: 40_000,
  Percpu: 4_000,
  Hugetlb: 0,
};

const MODERN_VMSTAT = {
  nr_free_pages: 750_000,
  pswpin: 0,
  pswpout: 0,
  pgmajfault: 1200,
  pgscan_kswapd: 5000,
  pgscan_direct: 0,
  oom_kill: 0,
};

const SLAB = [
  { name: "dentry", active: 300_000, objects: 310_000, bytes: 192, per_slab: 21, pages: 1 },
  { name: "inode_cache", active: 90_000, objects: 91_000, bytes: 632, per_slab: 25, pages: 4 },
  { name: "kmalloc-512", active: 20_000, objects: 20_800, bytes: 512, per_slab: 32, pages: 4 },
  { name: "net_namespace", active: 1, objects: 6, bytes: 4864, per_slab: 6, pages: 8 },
];

const KERNEL_FILES = {
  "proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t12\t1\n",
  "proc/modules": "overlay 172032 0 - Live 0x0000000000000000\n",
  "proc/net/sockstat":
    "sockets: used 140\nTCP: inuse 20 orphan 0 tw 2 alloc 24 mem 12\nUDP: inuse 4 mem 3\nFRAG: inuse 0 memory 0\n",
  "proc/sys/fs/inode-nr": "91000\t400\n",
  "proc/sys/fs/dentry-state": "310000\t250000\t45\t0\t80000\t0\n",
};

const CGROUPS = {
  "sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
  "sys/fs/cgroup/cgroup.stat": "nr_descendants 9\nnr_dying_descendants 2\n",
  ...cgroup("system.slice", 1_100_000_000, 940_000_000, 45),
  ...cgroup("system.slice/app.service", 960_000_000, 921_600_000, 42, "2147483648"),
  ...cgroup("system.slice/nginx.service", 20_000_000, 9_216_000, 1),
  ...cgroup("system.slice/cron.service", 3_500_000, 409_600, 1),
};

export const healthy: FakeMachine = {
  hostname: "calm-1",
  kernel: "6.12.48",
  boot_id: "11111111-1111-4111-8111-111111111111",
  booted_at: 1_760_000_000,
  uptime_seconds: 777_600,
  cpus: 2,
  meminfo: MODERN_MEMINFO,
  vmstat: MODERN_VMSTAT,
  pressure: { some_us: 1000, full_us: 500 },
  buddyinfo:
    "Node 0, zone      DMA      1      1      1      0      1      1      1      0      1      1      3 \n" +
    "Node 0, zone   Normal   9000   7000   5000   3000   1500    800    400    200    100     50    400 \n",
  slabinfo: SLAB,
  swaps: ["/dev/vda2                               partition\t2000000\t0\t-2"],
  file_nr: "1440\t0\t9223372036854775807",
  sysvipc: [],
  proc_options: "rw,nosuid,nodev,noexec,relatime",
  self: 900,
  users: { root: 0, "www-data": 33, ann: 1000, app: 1001 },
  processes: [init, kthreadd, cron, java, nginx, hostile, shell],
  files: { ...KERNEL_FILES, ...CGROUPS },
};

/** What the leaking machine looks like after so many steps (a second each, when it is played). */
export function leaking(step = 0): FakeMachine {
  const leakKb = 2048 * step;
  // A slab of 16 objects is 16 KiB: 2048 objects are 2 MiB, as SUnreclaim has it.
  const slabObjects = 200_000 + 2048 * step;
  const python: FakeProcess = {
    pid: 830,
    ppid: 1,
    name: "python3",
    command: ["python3", "/srv/worker.py"],
    executable: "/usr/bin/python3.13",
    uid: 1001,
    start_ticks: 5000,
    anon_kb: 100_000 + leakKb,
    file_kb: 9_000,
    vsz_kb: 140_000 + leakKb,
    descriptors: ["/dev/null", "pipe:[3501]", "pipe:[3502]"],
    cgroup: "0::/system.slice/worker.service\n",
  };
  const ftpd: FakeProcess = {
    ...nginx,
    pid: 840,
    name: "ftpd",
    command: ["ftpd", "--foreground"],
    executable: "/usr/sbin/ftpd",
    cgroup: "0::/system.slice/ftpd.service\n",
    descriptors: [
      "/dev/null",
      "/dev/null",
      "/dev/null",
      ...Array.from({ length: 20 + 4 * step }, (_, at) => `socket:[${6000 + at}]`),
    ],
  };
  const zombie: FakeProcess = {
    ...kthreadd,
    pid: 700,
    ppid: 655,
    name: "backup.sh",
    state: "Z",
    kernel_thread: false,
    uid: 0,
    start_ticks: 60_000,
    cgroup: "0::/system.slice/cron.service\n",
  };
  return {
    ...healthy,
    hostname: "leaky-1",
    boot_id: "22222222-2222-4222-8222-222222222222",
    meminfo: {
      ...MODERN_MEMINFO,
      MemFree: MODERN_MEMINFO.MemFree - leakKb - 2048 * step,
      MemAvailable: MODERN_MEMINFO.MemAvailable - leakKb - 2048 * step,
      AnonPages: MODERN_MEMINFO.AnonPages + leakKb,
      Slab: MODERN_MEMINFO.Slab + 2048 * step,
      SUnreclaim: MODERN_MEMINFO.SUnreclaim + 2048 * step,
    },
    slabinfo: [...SLAB, {
      name: "kmalloc-1k",
      active: slabObjects,
      objects: slabObjects,
      bytes: 1024,
      per_slab: 16,
      pages: 4,
    }],
    uptime_seconds: healthy.uptime_seconds + step,
    sysvipc: [
      "         0      32768  1600              67108864   845   845      0  1001  1001  1001  1001 1760000900 1760000901" +
      " 1760000800              67108864                     0",
    ],
    processes: [init, kthreadd, cron, zombie, java, python, ftpd, shell],
    files: {
      ...healthy.files,
      ...cgroup("system.slice/worker.service", 120_000_000 + leakKb * 1024, 102_400_000 + leakKb * 1024, 1),
      ...cgroup("system.slice/ftpd.service", 20_000_000, 9_216_000, 1),
    },
  };
}

/** Seen by an ordinary user where /proc is mounted with hidepid=invisible: only their own processes, no slabinfo. */
export const hidepid: FakeMachine = {
  ...healthy,
  hostname: "shared-1",
  boot_id: "33333333-3333-4333-8333-333333333333",
  proc_options: "rw,nosuid,nodev,noexec,relatime,hidepid=invisible",
  slabinfo: null,
  processes: [{
    ...hostile,
    pid: 901,
    name: "sleep",
    command: ["sleep", "1000"],
    executable: "/usr/bin/sleep",
  }, {
    ...shell,
    uid: 1000,
    cgroup: hostile.cgroup,
  }],
};

const v1 = (path: string) => `9:memory:${path}\n4:pids:${path}\n1:name=systemd:${path}\n`;

/** Linux 3.10: no MemAvailable, no pressure, no Rss lines in status, no smaps_rollup, cgroups of version 1. */
export const oldKernel: FakeMachine = {
  ...healthy,
  hostname: "elder-1",
  kernel: "3.10.0",
  boot_id: "44444444-4444-4444-8444-444444444444",
  meminfo: Object.fromEntries(
    Object.entries(MODERN_MEMINFO).filter(([key]) =>
      !["MemAvailable", "KReclaimable", "SecPageTables", "Percpu", "Hugetlb"].includes(key)
    ),
  ),
  vmstat: {
    nr_free_pages: 750_000,
    pswpin: 0,
    pswpout: 0,
    pgmajfault: 1200,
    pgscan_kswapd_dma: 0,
    pgscan_kswapd_normal: 5000,
    pgscan_direct_dma: 0,
    pgscan_direct_normal: 0,
  },
  pressure: null,
  cgroup_mounts: "22 1 0:20 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755\n" +
    "23 22 0:21 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,name=systemd\n" +
    "24 22 0:22 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory\n",
  old_status: true,
  slabinfo: SLAB.filter(({ name }) => name !== "net_namespace"),
  processes: [init, kthreadd, cron, java, nginx, shell].map((process) => ({
    ...process,
    cgroup: v1(process.cgroup.slice("0::".length).trim()),
  })),
  files: {
    ...KERNEL_FILES,
    "proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t9\t5\t1\npids\t4\t5\t1\n",
    "sys/fs/cgroup/memory/cgroup.sane_behavior": "0\n",
    "sys/fs/cgroup/memory/release_agent": "\n",
    ...v1Cgroup("", 1_200_000_000, 950_000_000),
    ...v1Cgroup("/system.slice", 1_000_000_000, 940_000_000),
    ...v1Cgroup("/system.slice/app.service", 960_000_000, 921_600_000),
    ...v1Cgroup("/system.slice/nginx.service", 20_000_000, 9_216_000),
    ...v1Cgroup("/system.slice/cron.service", 3_500_000, 409_600),
  },
};
