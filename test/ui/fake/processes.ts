/** Programs of the made-up machine: one leaks, one opens ever more, one has a hostile name. */

import type { ProcessSample } from "../../../model/sample.ts";
import { MIB, noise } from "./noise.ts";

export const HOSTILE_NAME = `<img src=x onerror=alert(1)>`;
export const LEAKING_PID = 812;
/** Its index among the processes. */
export const LEAKING = 1;
export const OPENING_PID = 1203;
const OPENING = 3;

export const NAMES = [
  ["systemd", "root", "init.scope"],
  ["java", "app", "app.service"],
  ["postgres", "postgres", "postgresql.service"],
  ["nginx", "www-data", "nginx.service"],
  ["redis-server", "redis", "redis-server.service"],
  ["node", "web", "web.service"],
  ["python3", "jobs", "worker.service"],
  ["sshd", "root", "ssh.service"],
  ["journald", "root", "systemd-journald.service"],
  ["cron", "root", "cron.service"],
  ["bash", "ada", "session-3.scope"],
  ["Web Content", "ada", "session-3.scope"],
] as const;

export function makeProcess(i: number, bootSeconds: number): ProcessSample {
  const [name, user, unit] = NAMES[i % NAMES.length]!;
  const pid = i === 0 ? 1 : i === LEAKING ? LEAKING_PID : i === OPENING ? OPENING_PID : 2000 + i * 7;
  return {
    pid,
    start_ticks: 5000 + i,
    ppid: i === 0 ? 0 : i % 9 === 5 ? LEAKING_PID : 1,
    name: i === 7 ? HOSTILE_NAME : name,
    user,
    uid: 1000,
    state: i === 40 ? "Z" : i % 17 === 0 ? "R" : "S",
    is_kernel_thread: i > 60 && i % 5 === 0,
    rss_bytes: 0,
    vsz_bytes: 0,
    anon_bytes: 0,
    shared_bytes: 0,
    shmem_bytes: 0,
    swap_bytes: 0,
    page_tables_bytes: 800_000,
    peak_rss_bytes: null,
    pss_bytes: null,
    uss_bytes: null,
    threads: 1 + (i * 7) % 40,
    mappings: 200,
    open_descriptors: 8 + (i * 13) % 200,
    descriptor_limit: 1024,
    descriptor_kinds: {
      files: 20,
      deleted_files: 1,
      sockets: 30,
      pipes: 4,
      anon_inodes: 6,
      memfds: 0,
      devices: 3,
      other: 0,
    },
    cpu_seconds: 30 + i,
    minor_faults: 1000,
    major_faults: 2,
    read_bytes: 0,
    written_bytes: 0,
    // The leaking one has leaked for all of its life: 1,400 MiB at 96 MiB/h.
    started_at_seconds: bootSeconds - 3600 * (i === LEAKING ? 14 : 1 + i % 48),
    command: i === 7
      ? `${HOSTILE_NAME} --x="'><script>alert(1)</script>"`
      : `/usr/bin/${name} --config /etc/${name}.conf --worker ${i}`,
    executable: `/usr/bin/${name}`,
    cgroup: `/system.slice/${unit}`,
    unit,
    container: null,
    exec_count: 0,
  };
}

/** Its figures `hours` after the growth began. */
export function growProcess(
  process: ProcessSample,
  i: number,
  { time, hours, leak_bytes_per_hour }: { time: number; hours: number; leak_bytes_per_hour: number },
): void {
  const base = i === LEAKING ? 180 : Math.max(1.5, 900 / (1 + i * 0.9));
  const wobble = noise(i * 31 + Math.floor(time / 2)) * base * 0.01;
  const leak = i === LEAKING ? leak_bytes_per_hour * hours : 0;
  process.anon_bytes = Math.round((base + wobble) * MIB + leak);
  process.shared_bytes = Math.round(base * 0.2 * MIB);
  process.rss_bytes = process.anon_bytes + process.shared_bytes;
  process.vsz_bytes = Math.round(process.rss_bytes * 3.1);
  process.swap_bytes = i % 11 === 4 ? Math.round(12 * MIB) : 0;
  if (i === OPENING) process.open_descriptors = Math.min(1024, Math.round(200 + hours * 840));
}
