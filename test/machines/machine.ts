/** Writes a made-up machine as trees of /proc, /sys and /etc, in the kernel's own formats. */

/** A process in numbers; every file about it follows from them. */
export interface FakeProcess {
  pid: number;
  ppid: number;
  name: string;
  /** Arguments; empty for kernel threads and zombies. */
  command: string[];
  executable?: string;
  uid: number;
  state?: "S" | "R" | "Z" | "I";
  kernel_thread?: boolean;
  start_ticks: number;
  threads?: number;
  anon_kb: number;
  file_kb: number;
  shmem_kb?: number;
  swap_kb?: number;
  vsz_kb: number;
  /** Targets of its descriptors, from 0 on. */
  descriptors: string[];
  descriptor_limit?: number;
  cgroup: string;
}

export interface FakeMachine {
  hostname: string;
  kernel: string;
  boot_id: string;
  booted_at: number;
  uptime_seconds: number;
  cpus: number;
  /** Lines of /proc/meminfo in KiB. */
  meminfo: Record<string, number>;
  vmstat: Record<string, number>;
  /** null: this kernel does not measure pressure. */
  pressure: { some_us: number; full_us: number } | null;
  buddyinfo: string;
  /** null: /proc/slabinfo is not there to be read. */
  slabinfo: {
    name: string;
    active: number;
    objects: number;
    bytes: number;
    per_slab: number;
    pages: number;
  }[] | null;
  swaps: string[];
  file_nr: string;
  sysvipc: string[];
  /** Options of the proc mount. */
  proc_options: string;
  self: number;
  /** Lines of mountinfo for the cgroup trees; left out: one tree of version 2. */
  cgroup_mounts?: string;
  /** Linux before 4.5 has no Rss lines in status, before 4.14 no smaps_rollup. */
  old_status?: boolean;
  users: Record<string, number>;
  processes: FakeProcess[];
  /** Further files by their path in the tree. */
  files: Record<string, string>;
}

const PAGE_KB = 4;

/** Writes or brings up to date the tree in a directory. Files are changed in place, as a reader may hold them open. */
export function writeMachine(directory: string, machine: FakeMachine): void {
  const put = (path: string, text: string) => writeInPlace(`${directory}/${path}`, text);
  put(
    "etc/passwd",
    Object.entries(machine.users).map(([n, uid]) => `${n}:x:${uid}:${uid}::/:/bin/sh\n`).join(""),
  );
  for (const [path, text] of Object.entries(systemFiles(machine))) put(path, text);
  for (const [path, text] of Object.entries(machine.files)) put(path, text);
  link(`${directory}/proc/self`, String(machine.self));
  link(`${directory}/proc/mounts`, "self/mounts");
  for (const process of machine.processes) writeProcess(directory, machine, process);
}

function systemFiles(machine: FakeMachine): Record<string, string> {
  const files: Record<string, string> = {
    "proc/uptime": `${machine.uptime_seconds.toFixed(2)} ${
      (machine.uptime_seconds * machine.cpus).toFixed(2)
    }\n`,
    "proc/stat": "cpu  1000 0 1000 90000 0 0 0 0 0 0\n" +
      Array.from({ length: machine.cpus }, (_, cpu) => `cpu${cpu} 500 0 500 45000 0 0 0 0 0 0\n`).join("") +
      `ctxt 1000000\nbtime ${machine.booted_at}\nprocesses 9000\nprocs_running 1\nprocs_blocked 0\n`,
    "proc/meminfo": lines(
      machine.meminfo,
      (key, kb) => `${`${key}:`.padEnd(16)}${String(kb).padStart(8)} kB`,
    ),
    "proc/vmstat": lines(machine.vmstat, (key, value) => `${key} ${value}`),
    "proc/buddyinfo": machine.buddyinfo,
    "proc/swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" +
      machine.swaps.map((it) => `${it}\n`).join(""),
    "proc/sys/fs/file-nr": `${machine.file_nr}\n`,
    "proc/sys/kernel/hostname": `${machine.hostname}\n`,
    "proc/sys/kernel/osrelease": `${machine.kernel}\n`,
    "proc/sys/kernel/random/boot_id": `${machine.boot_id}\n`,
    "proc/sysvipc/shm":
      "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      " +
      "dtime      ctime                   rss                  swap\n" +
      machine.sysvipc.map((it) => `${it}\n`).join(""),
    [`proc/${machine.self}/mounts`]: `proc /proc proc ${machine.proc_options} 0 0\n`,
    [`proc/${machine.self}/mountinfo`]: `21 1 0:19 / /proc rw,nosuid - proc proc ${machine.proc_options}\n` +
      (machine.cgroup_mounts ?? "22 1 0:20 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"),
  };
  if (machine.pressure !== null) {
    const line = (kind: string, total: number) =>
      `${kind} avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`;
    const { some_us, full_us } = machine.pressure;
    for (const name of ["memory", "cpu", "io"]) {
      files[`proc/pressure/${name}`] = line("some", some_us) + line("full", full_us);
    }
  }
  if (machine.slabinfo !== null) {
    files["proc/slabinfo"] = "slabinfo - version: 2.1\n" +
      "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount>" +
      " <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n" +
      machine.slabinfo.map(({ name, active, objects, bytes, per_slab, pages }) => {
        const slabs = Math.ceil(objects / per_slab);
        return `${
          name.padEnd(17)
        } ${active} ${objects} ${bytes} ${per_slab} ${pages} : tunables 0 0 0 : slabdata ` +
          `${slabs} ${slabs} 0\n`;
      }).join("");
  }
  return files;
}

function writeProcess(directory: string, machine: FakeMachine, process: FakeProcess): void {
  const base = `${directory}/proc/${process.pid}`;
  for (const [name, text] of Object.entries(processFiles(machine, process))) {
    writeInPlace(`${base}/${name}`, text);
  }
  if (process.executable !== undefined) link(`${base}/exe`, process.executable);
  link(`${base}/ns/net`, "net:[4026531840]");
  link(`${base}/ns/pid`, "pid:[4026531836]");
  // Without any there is no directory either: git keeps no empty ones, and the trees are read from a clone.
  process.descriptors.forEach((target, number) => link(`${base}/fd/${number}`, target));
}

function processFiles(machine: FakeMachine, process: FakeProcess): Record<string, string> {
  const { pid, ppid, name, uid, anon_kb, file_kb, vsz_kb, start_ticks } = process;
  const state = process.state ?? "S";
  const threads = process.threads ?? 1;
  const shmem_kb = process.shmem_kb ?? 0;
  const swap_kb = process.swap_kb ?? 0;
  const rss_kb = anon_kb + file_kb + shmem_kb;
  const flags = process.kernel_thread ? 0x200040 : 0x400100;
  const pages = (kb: number) => Math.round(kb / PAGE_KB);
  const files: Record<string, string> = {
    comm: `${name}\n`,
    cmdline: process.command.map((argument) => `${argument}\0`).join(""),
    cgroup: process.cgroup,
    stat:
      `${pid} (${name}) ${state} ${ppid} ${pid} ${pid} 0 -1 ${flags} 900 0 3 0 120 80 0 0 20 0 ${threads} 0 ` +
      `${start_ticks} ${vsz_kb * 1024} ${
        pages(rss_kb)
      } 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 ` +
      "0 0 0 0 0 0 0 0\n",
    statm: vsz_kb === 0
      ? "0 0 0 0 0 0 0\n"
      : `${pages(vsz_kb)} ${pages(rss_kb)} ${pages(file_kb + shmem_kb)} 20 0 ${pages(anon_kb) + 40} 0\n`,
    limits: "Limit                     Soft Limit           Hard Limit           Units     \n" +
      `Max open files            ${
        String(process.descriptor_limit ?? 1024).padEnd(20)
      } 524288               files     \n`,
    io: "rchar: 500000\nwchar: 200000\nsyscr: 500\nsyscw: 200\nread_bytes: 409600\nwrite_bytes: 204800\n" +
      "cancelled_write_bytes: 0\n",
  };
  const kilobytes = (key: string, value: number) => `${key}:\t${String(value).padStart(8)} kB\n`;
  files.status =
    `Name:\t${name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\nUmask:\t0022\nState:\t${state}\n` +
    `Tgid:\t${pid}\nPid:\t${pid}\nPPid:\t${ppid}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n` +
    `Gid:\t${uid}\t${uid}\t${uid}\t${uid}\nFDSize:\t64\n`;
  if (vsz_kb > 0) {
    files.status += kilobytes("VmPeak", vsz_kb) + kilobytes("VmSize", vsz_kb) + kilobytes("VmHWM", rss_kb) +
      kilobytes("VmRSS", rss_kb);
    if (!machine.old_status) {
      files.status += kilobytes("RssAnon", anon_kb) + kilobytes("RssFile", file_kb) +
        kilobytes("RssShmem", shmem_kb);
    }
    files.status += kilobytes("VmPTE", 60) + kilobytes("VmSwap", swap_kb);
    Object.assign(files, mappingFiles(process, machine.old_status ?? false));
  }
  files.status += `Threads:\t${threads}\n`;
  return files;
}

/** Code, heap and stack: the anonymous memory lies in the heap but for a stack of 132 KiB. */
function mappingFiles(process: FakeProcess, old: boolean): Record<string, string> {
  const stack = Math.min(132, process.anon_kb);
  const heap = process.anon_kb - stack;
  const parts = [
    {
      at: 0x5600_0000_0000,
      kb: process.file_kb,
      mode: "r-xp",
      name: process.executable ?? "/bin/x",
      anon: 0,
    },
    { at: 0x5610_0000_0000, kb: heap, mode: "rw-p", name: "[heap]", anon: heap },
    { at: 0x7ffc_0000_0000, kb: stack, mode: "rw-p", name: "[stack]", anon: stack },
  ].filter(({ kb }) => kb > 0);
  if (process.shmem_kb) {
    parts.push({
      at: 0x7f00_0000_0000,
      kb: process.shmem_kb,
      mode: "rw-s",
      name: "/memfd:buffers (deleted)",
      anon: 0,
    });
  }
  parts.sort((a, b) => a.at - b.at);
  const head = ({ at, kb, mode, name }: (typeof parts)[number]) =>
    `${at.toString(16)}-${(at + kb * 1024).toString(16)} ${mode} 00000000 00:00 ${
      mode.startsWith("rw-p") ? 0 : 77
    }` +
    `                  ${name}\n`;
  const sizes = (kb: number, anon: number, swap: number) =>
    `Rss:            ${kb} kB\nPss:            ${kb} kB\nShared_Clean:   0 kB\nShared_Dirty:   0 kB\n` +
    `Private_Clean:  ${
      kb - anon
    } kB\nPrivate_Dirty:  ${anon} kB\nReferenced:     ${kb} kB\nAnonymous:      ${anon} kB\n` +
    `Swap:           ${swap} kB\n`;
  const swap = process.swap_kb ?? 0;
  const files: Record<string, string> = {
    maps: parts.map(head).join(""),
    smaps: parts.map((part) =>
      head(part) + `Size:           ${part.kb} kB\n` +
      sizes(part.kb, part.anon, part.name === "[heap]" ? swap : 0)
    ).join(""),
  };
  const kb = process.anon_kb + process.file_kb + (process.shmem_kb ?? 0);
  if (!old) {
    files.smaps_rollup = "560000000000-7ffc00021000 ---p 00000000 00:00 0 [rollup]\n" +
      sizes(kb, process.anon_kb, swap);
  }
  return files;
}

function lines(values: Record<string, number>, line: (key: string, value: number) => string): string {
  return Object.entries(values).map(([key, value]) => `${line(key, value)}\n`).join("");
}

/** Overwrites without emptying first: a reader between the two would see a file that the kernel never shows. */
function writeInPlace(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const bytes = new TextEncoder().encode(text);
  using file = Deno.openSync(path, { write: true, create: true });
  let written = 0;
  while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
  file.truncateSync(bytes.length);
}

function link(path: string, target: string): void {
  try {
    if (Deno.readLinkSync(path) === target) return;
    Deno.removeSync(path);
  } catch {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  }
  Deno.symlinkSync(target, path);
}
