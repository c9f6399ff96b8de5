/** What the kernel was started with and how it is set: read once, right after boot. */

export interface BootFacts {
  version: string | null;
  command_line: string | null;
  clock_source: string | null;
  clock_sources: string[];
  /** 0: a kernel as its makers shipped it (Documentation/admin-guide/tainted-kernels.rst). */
  taint: number | null;
  /** Loaded modules, the largest first; null where the kernel has none or hides them. */
  modules: KernelModule[] | null;
  /** sysctl name → value, for those that this kernel has. */
  settings: [string, string][];
  transparent_huge_pages: string | null;
  cgroup_version: 1 | 2 | null;
}

export interface KernelModule {
  name: string;
  size_bytes: number;
  used_by: number;
}

/** Settings that decide how memory runs out. */
const SETTINGS = [
  "vm.overcommit_memory",
  "vm.overcommit_ratio",
  "vm.swappiness",
  "vm.min_free_kbytes",
  "vm.max_map_count",
  "vm.nr_hugepages",
  "vm.panic_on_oom",
  "vm.oom_kill_allocating_task",
  "fs.file-max",
  "fs.nr_open",
  "kernel.pid_max",
  "kernel.threads-max",
  "kernel.shmmax",
  "kernel.shmall",
  "kernel.shmmni",
];

/** Lines "name size refcount users state address" of /proc/modules. */
export function parseModules(text: string): KernelModule[] {
  return text.split("\n").flatMap((line) => {
    const [name, size, used] = line.split(" ");
    return name && Number(size) >= 0 ? [{ name, size_bytes: Number(size), used_by: Number(used) || 0 }] : [];
  }).sort((a, b) => b.size_bytes - a.size_bytes);
}

export function readBootFacts(roots: { proc: string; sys: string }): BootFacts {
  const read = (path: string): string | null => {
    try {
      return Deno.readTextFileSync(path).trim();
    } catch {
      return null;
    }
  };
  const clocks = `${roots.sys}/devices/system/clocksource/clocksource0`;
  const taint = read(`${roots.proc}/sys/kernel/tainted`);
  const modules = read(`${roots.proc}/modules`);
  return {
    version: read(`${roots.proc}/version`),
    command_line: read(`${roots.proc}/cmdline`),
    clock_source: read(`${clocks}/current_clocksource`),
    clock_sources: read(`${clocks}/available_clocksource`)?.split(" ") ?? [],
    taint: taint === null ? null : Number(taint),
    modules: modules === null ? null : parseModules(modules),
    settings: SETTINGS.flatMap((name): [string, string][] => {
      const value = read(`${roots.proc}/sys/${name.replaceAll(".", "/")}`);
      return value === null ? [] : [[name, value.replace(/\s+/g, " ")]];
    }),
    // "always [madvise] never": the one in brackets holds.
    transparent_huge_pages:
      /\[(\w+)\]/.exec(read(`${roots.sys}/kernel/mm/transparent_hugepage/enabled`) ?? "")?.[1] ?? null,
    cgroup_version: read(`${roots.sys}/fs/cgroup/cgroup.controllers`) !== null
      ? 2
      : read(`${roots.proc}/cgroups`) !== null
      ? 1
      : null,
  };
}
