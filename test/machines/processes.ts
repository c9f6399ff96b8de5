/** Processes that the made-up machines share. */

import type { FakeProcess } from "./machine.ts";

export const init: FakeProcess = {
  pid: 1,
  ppid: 0,
  name: "systemd",
  command: ["/sbin/init"],
  executable: "/usr/lib/systemd/systemd",
  uid: 0,
  start_ticks: 5,
  anon_kb: 4000,
  file_kb: 9000,
  vsz_kb: 168_000,
  descriptors: [
    "/dev/null",
    "/dev/null",
    "/dev/null",
    "anon_inode:[eventpoll]",
    "socket:[1201]",
    "socket:[1202]",
  ],
  cgroup: "0::/init.scope\n",
};

export const kthreadd: FakeProcess = {
  pid: 2,
  ppid: 0,
  name: "kthreadd",
  command: [],
  uid: 0,
  kernel_thread: true,
  start_ticks: 5,
  anon_kb: 0,
  file_kb: 0,
  vsz_kb: 0,
  descriptors: [],
  cgroup: "0::/\n",
};

export const java: FakeProcess = {
  pid: 812,
  ppid: 1,
  name: "java",
  command: ["java", "-Xmx2g", "-jar", "app.jar"],
  executable: "/usr/lib/jvm/java-21/bin/java",
  uid: 1001,
  start_ticks: 4471,
  threads: 42,
  anon_kb: 900_000,
  file_kb: 30_000,
  vsz_kb: 5_200_000,
  descriptors: [
    "/dev/null",
    "pipe:[3301]",
    "pipe:[3302]",
    "/srv/app/app.jar",
    "socket:[4001]",
    "socket:[4002]",
  ],
  descriptor_limit: 65_536,
  cgroup: "0::/system.slice/app.service\n",
};

export const nginx: FakeProcess = {
  pid: 820,
  ppid: 1,
  name: "nginx",
  command: ["nginx: worker process"],
  executable: "/usr/sbin/nginx",
  uid: 33,
  start_ticks: 4600,
  anon_kb: 9_000,
  file_kb: 6_000,
  shmem_kb: 2_000,
  vsz_kb: 60_000,
  descriptors: [
    "/dev/null",
    "/var/log/nginx/access.log",
    "socket:[5001]",
    "socket:[5002]",
    "anon_inode:[eventpoll]",
  ],
  cgroup: "0::/system.slice/nginx.service\n",
};

export const cron: FakeProcess = {
  pid: 655,
  ppid: 1,
  name: "cron",
  command: ["/usr/sbin/cron", "-f"],
  executable: "/usr/sbin/cron",
  uid: 0,
  start_ticks: 900,
  anon_kb: 400,
  file_kb: 2_600,
  vsz_kb: 6_800,
  descriptors: ["/dev/null", "/dev/null", "/dev/null", "/run/crond.pid"],
  cgroup: "0::/system.slice/cron.service\n",
};

/** A name and arguments that try to break out of whatever they are printed in. */
export const hostile: FakeProcess = {
  pid: 890,
  ppid: 1,
  name: "=cmd|'/c ca)\n<b",
  command: ["$(rm -rf)\n\"=cmd|'/c calc'!A1<script>", "\x1b[31mred", "a,b;c\td"],
  executable: "/tmp/\x1b[2J (deleted)",
  uid: 1000,
  start_ticks: 7000,
  anon_kb: 600,
  file_kb: 1_000,
  vsz_kb: 8_000,
  descriptors: ["/dev/null", "/dev/null", "/dev/null"],
  cgroup: "0::/user.slice/user-1000.slice/session-3.scope\n",
};

export const shell: FakeProcess = {
  pid: 900,
  ppid: 1,
  name: "bash",
  command: ["-bash"],
  executable: "/usr/bin/bash",
  uid: 0,
  start_ticks: 8000,
  anon_kb: 2_000,
  file_kb: 3_400,
  vsz_kb: 8_400,
  descriptors: ["/dev/pts/0", "/dev/pts/0", "/dev/pts/0"],
  cgroup: "0::/user.slice/user-0.slice/session-1.scope\n",
};
