/** Parses what a cgroup's files say, versions 1 and 2. Pure. Kernel: admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst. */

/** Memory of one cgroup and all beneath it, in bytes; null where this version does not tell. */
export interface CgroupStat {
  anon_bytes: number | null;
  /** Page cache, tmpfs and shared memory included (as the kernel counts it). */
  file_bytes: number | null;
  shmem_bytes: number | null;
  inactive_file_bytes: number | null;
  kernel_bytes: number | null;
  kernel_unreclaimable_bytes: number | null;
  socket_bytes: number | null;
  swap_bytes: number | null;
}

/** Lines of `key number`; anything else is skipped. */
export function parseFlatKeyed(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space <= 0) continue;
    const value = Number(line.slice(space + 1));
    if (Number.isFinite(value)) values.set(line.slice(0, space), value);
  }
  return values;
}

/** The number behind one key at the beginning of a line; null where there is none. A dozen of forty lines is wanted. */
function numberOf(text: string, key: string): number | null {
  const sought = `${key} `, line = text.indexOf(`\n${sought}`);
  if (line < 0 && !text.startsWith(sought)) return null;
  const at = line + 1 + sought.length;
  const end = text.indexOf("\n", at);
  const value = Number(text.slice(at, end < 0 ? undefined : end));
  return Number.isFinite(value) ? value : null;
}

/** Sum of those keys that are there; null where none is. */
function sum(text: string, keys: readonly string[]): number | null {
  let total: number | null = null;
  for (const key of keys) {
    const value = numberOf(text, key);
    if (value !== null) total = (total ?? 0) + value;
  }
  return total;
}

/** memory.stat of version 2. `kernel` exists since Linux 5.18; before, it is the sum of its parts. */
export function parseStatV2(text: string): CgroupStat {
  const own = sum(text, [
    "slab_unreclaimable",
    "kernel_stack",
    "pagetables",
    "sec_pagetables",
    "percpu",
    "vmalloc",
  ]);
  const reclaimable = numberOf(text, "slab_reclaimable") ?? 0, kernel = numberOf(text, "kernel");
  return {
    anon_bytes: numberOf(text, "anon"),
    file_bytes: numberOf(text, "file"),
    shmem_bytes: numberOf(text, "shmem"),
    inactive_file_bytes: numberOf(text, "inactive_file"),
    kernel_bytes: kernel ?? (own === null ? null : own + reclaimable),
    // `kernel` also holds what has no line of its own, so take away what can be reclaimed rather than add up the rest.
    kernel_unreclaimable_bytes: kernel === null ? own : Math.max(0, kernel - reclaimable),
    socket_bytes: numberOf(text, "sock"),
    swap_bytes: null,
  };
}

/**
 * memory.stat of version 1. The `total_` lines count the children too, as every other number of a cgroup does. Kernel
 * memory is in files of its own there, without a split into reclaimable and not.
 */
export function parseStatV1(text: string): CgroupStat {
  const total = (key: string) => numberOf(text, `total_${key}`) ?? numberOf(text, key);
  return {
    anon_bytes: total("rss"),
    file_bytes: total("cache"),
    shmem_bytes: total("shmem"),
    inactive_file_bytes: total("inactive_file"),
    kernel_bytes: null,
    kernel_unreclaimable_bytes: null,
    socket_bytes: null,
    swap_bytes: total("swap"),
  };
}

/** Limits from here on up mean "none": version 1 writes LONG_MAX rounded down to a page, 9223372036854771712. */
const NO_LIMIT_BYTES = 2 ** 60;

/** memory.max, memory.high or memory.limit_in_bytes; null is "no limit" or unreadable. */
export function parseLimit(text: string | null): number | null {
  if (text === null) return null;
  const value = parseInt(text, 10);
  return Number.isFinite(value) && value < NO_LIMIT_BYTES ? value : null;
}

/** One number alone in a file; null where it is not one. */
export function parseNumber(text: string | null): number | null {
  if (text === null) return null;
  const value = parseInt(text, 10);
  return Number.isFinite(value) ? value : null;
}

/** Cumulative stall times of memory.pressure; null where pressure is compiled in but switched off (psi=0). */
export function parsePressureTotals(text: string | null): { some: number | null; full: number | null } {
  const total = (kind: string) => {
    const found = new RegExp(`^${kind} .*total=(\\d+)`, "m").exec(text ?? "")?.[1];
    return found === undefined ? null : Number(found);
  };
  return { some: total("some"), full: total("full") };
}

/** The path of a process in each tree, from /proc/PID/cgroup: "0::/x" is version 2, "4:memory:/x" version 1. */
export function parseProcessCgroup(text: string): { memory: string | null; systemd: string | null } {
  let memory: string | null = null;
  let systemd: string | null = null;
  let unified: string | null = null;
  for (const line of text.split("\n")) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    if (first < 0 || second < 0) continue;
    const controllers = line.slice(first + 1, second);
    const path = line.slice(second + 1);
    if (controllers === "") unified = path;
    else if (controllers === "name=systemd") systemd = path;
    else if (controllers.split(",").includes("memory")) memory = path;
  }
  return { memory: memory ?? unified ?? systemd, systemd: systemd ?? unified };
}
