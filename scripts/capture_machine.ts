/**
 * Copies what leakwatch reads of this machine's /proc and /sys into a small tree for tests, anonymised: names of hosts, programs,
 * users and cgroups are replaced, command lines are dropped, numbers stay.
 *
 *     deno run --allow-all scripts/capture_machine.ts DIRECTORY [PROCESSES=24]
 *
 * Cgroups are kept whole for the processes that are kept, and for a few others, so that versions 1, 2 and hybrid hosts look as the
 * kernel shows them.
 */

const [directory, count = "24"] = Deno.args;
if (directory === undefined) {
  console.error("usage: capture_machine.ts DIRECTORY [PROCESSES=24]");
  Deno.exit(2);
}

const MACHINE_FILES = [
  "meminfo",
  "vmstat",
  "stat",
  "uptime",
  "buddyinfo",
  "slabinfo",
  "swaps",
  "cgroups",
  "pressure/memory",
  "pressure/cpu",
  "pressure/io",
  "net/sockstat",
  "sysvipc/shm",
  "sys/fs/file-nr",
  "sys/fs/inode-nr",
  "sys/fs/dentry-state",
];
const PROCESS_FILES = [
  "stat",
  "statm",
  "status",
  "comm",
  "cmdline",
  "cgroup",
  "limits",
  "io",
  "smaps_rollup",
];
const CGROUP_FILES =
  /^(cgroup\.(controllers|events|procs|stat|type)|pids\.(current|max)|memory\.(current|events|max|pressure|stat|swap\.current|usage_in_bytes|limit_in_bytes|memsw\.usage_in_bytes|oom_control|failcnt|kmem\.usage_in_bytes))$/;
const MORE_CGROUPS = 6;
/** Parts of cgroup paths that say what manages them, and nothing about whose machine it is. */
const KNOWN_PART =
  /^(|libpod_parent|libpod_pod|conmon|docker|kubepods|ctr|init\.scope|system\.slice|user\.slice|machine\.slice)$/;

const programs = new Map<string, string>(),
  groups = new Map<string, string>(),
  ids = new Map<string, string>();
const users = new Map<string, string>([["0", "0"]]);
/** The same name for the same thing, numbered in the order of appearance. */
function alias(known: Map<string, string>, name: string, make: (n: number) => string): string {
  const found = known.get(name) ?? make(known.size);
  known.set(name, found);
  return found;
}

const program = (name: string) => alias(programs, name, (n) => `program-${n}`);
const user = (uid: string) => alias(users, uid, (n) => String(999 + n));
const hexadecimal = (id: string) =>
  alias(ids, id, (n) => (n + 0xa1).toString(16).repeat(32).slice(0, id.length));

const cgroupPart = (part: string) =>
  KNOWN_PART.test(part)
    ? part
    : /[0-9a-f]{32,64}/.test(part)
    ? part.replace(/[0-9a-f]{32,64}/, hexadecimal)
    : alias(groups, part, (n) => `group-${n}`);
const cgroupPath = (path: string) => path.split("/").map(cgroupPart).join("/");

/** Empty where it cannot be read: then leakwatch has nothing to read either. */
function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function write(path: string, text: string | null): void {
  if (text === null) return;
  const file = `${directory}/${path}`;
  Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(file, text);
}

function anonymised(file: string, text: string, name: string, isKernelThread: boolean): string {
  const shown = isKernelThread ? name : program(name);
  switch (file) {
    case "stat":
      return text.replace(/\(.*\)/s, `(${shown})`);
    case "comm":
      return `${shown}\n`;
    case "cmdline":
      return isKernelThread ? "" : `/usr/bin/${shown}\0`;
    case "status":
      return text.replace(/^Name:.*$/m, `Name:\t${shown}`)
        .replace(/^(Uid|Gid):(.*)$/gm, (_, key, numbers) => `${key}:${numbers.replace(/\d+/g, user)}`)
        .replace(/^Groups:.*$/m, "Groups:\t");
    case "cgroup":
      return text.replace(/^(\d+:[^:]*:)(.*)$/gm, (_, head, path) => head + cgroupPath(path));
    default:
      return text;
  }
}

interface Chosen {
  pid: string;
  name: string;
  rss: number;
  isKernelThread: boolean;
}

/** The largest, a few kernel threads, and init. */
function choose(): Chosen[] {
  const all: Chosen[] = [];
  for (const { name: pid } of Deno.readDirSync("/proc")) {
    const stat = /^\d+$/.test(pid) ? read(`/proc/${pid}/stat`) : null;
    const rss = Number(read(`/proc/${pid}/statm`)?.split(" ")[1] ?? NaN);
    if (stat === null || Number.isNaN(rss)) continue;
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    all.push({ pid, name, rss, isKernelThread: read(`/proc/${pid}/cmdline`) === "" && rss === 0 });
  }
  const largest = all.filter(({ isKernelThread }) => !isKernelThread).sort((a, b) => b.rss - a.rss);
  const threads = all.filter(({ isKernelThread, name }) => isKernelThread && !name.startsWith("kworker"));
  const chosen = [...largest.slice(0, Number(count) - 4), ...threads.slice(0, 3)];
  const init = all.find(({ pid }) => pid === "1");
  return init && !chosen.includes(init) ? [init, ...chosen] : chosen;
}

const chosen = choose();
for (const file of MACHINE_FILES) write(`proc/${file}`, read(`/proc/${file}`));
write("proc/sys/kernel/hostname", "machine\n");
// What follows the version names a build, or a provider.
write("proc/sys/kernel/osrelease", read("/proc/sys/kernel/osrelease")?.replace(/-.*/s, "\n") ?? null);
write("proc/sys/kernel/random/boot_id", "00000000-0000-4000-8000-000000000000\n");
for (const { pid, name, isKernelThread } of chosen) {
  for (const file of PROCESS_FILES) {
    const text = read(`/proc/${pid}/${file}`);
    if (text !== null) write(`proc/${pid}/${file}`, anonymised(file, text, name, isKernelThread));
  }
}
// The mounts that say where cgroups and shared memory are; their sources are names of kernel file systems.
const mounts = (read("/proc/self/mountinfo") ?? "").split("\n").filter((line) =>
  / (\/proc|\/sys\/fs\/cgroup\S*|\/dev\/shm) /.test(line)
);
write(`proc/${chosen[0]!.pid}/mountinfo`, mounts.join("\n") + "\n");
Deno.symlinkSync(chosen[0]!.pid, `${directory}/proc/self`);

const pids = new Set(chosen.map(({ pid }) => pid));
let left = MORE_CGROUPS;
/** Whether anything of the tree below is kept; `path` is the real one. */
function copyCgroup(root: string, path: string, depth: number): boolean {
  const entries = [...Deno.readDirSync(root + path)];
  let isKept = (read(`${root}${path}/cgroup.procs`) ?? "").split("\n").some((pid) => pids.has(pid));
  if (depth <= 1) isKept = true;
  else if (!isKept && depth > 1 && left > 0 && read(`${root}${path}/memory.stat`) !== null) {
    isKept = true;
    left--;
  }
  const below = entries.filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => copyCgroup(root, `${path}/${name}`, depth + 1));
  if (!isKept && !below.includes(true)) return false;
  for (const { name } of entries) {
    if (!CGROUP_FILES.test(name)) continue;
    const text = read(`${root}${path}/${name}`);
    const shown = name === "cgroup.procs"
      ? text?.split("\n").filter((pid) => pids.has(pid)).map((pid) => `${pid}\n`).join("") ?? null
      : text;
    write(`${root.slice(1)}${cgroupPath(path)}/${name}`, shown);
  }
  return true;
}
for (const line of mounts) {
  const fields = line.split(" "), mount = fields[4]!, type = fields[fields.indexOf("-") + 1];
  const isRead = type === "cgroup2" || type === "cgroup" && /\b(memory|pids)\b/.test(fields.at(-1)!);
  if (isRead) copyCgroup(mount, "", 0);
}
console.error(`${directory}: ${chosen.length} processes, ${programs.size} programs, ${ids.size} containers`);
