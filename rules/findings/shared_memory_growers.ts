/**
 * Who makes shared memory grow. Pages of a memfd, a file in /dev/shm, a System V segment or a tmpfs are nobody's anonymous memory: a process that
 * leaks them stays small. They are charged here to one process each, and the charges of two times tell who grew. Pure.
 */

import { formatBytes, formatCount } from "../../model/format.ts";
import type { ProcessRef, ProcessSample, Sample } from "../../model/sample.ts";
import type {
  SharedMemoryGrower,
  SharedMemoryHolding,
  SharedMemoryKind,
} from "../../model/shared_memory_holding.ts";

interface Identity {
  pid: number;
  start_ticks: number;
  name: string;
}

/** An object and who answers for it. */
interface Charge {
  kind: SharedMemoryKind;
  bytes: number;
  holder: Identity | null;
  /** What is said where the holder has ended. */
  ended: string;
}

/**
 * Charges each object to the process that held it when it was first seen, for as long as that one holds it; then to the oldest of the others (a
 * client makes a buffer and hands it to its compositor: both hold it, the client leaks it). A System V segment stays with its creator.
 * Costs one pass over the objects of a sample; forgets objects that are gone.
 */
export class SharedMemoryCharges {
  #charges = new Map<string, Charge>();
  /** By holding: what it held when its process had just been read for the first time. */
  #first = new Map<string, { bytes: number; objects: number }>();
  #unread: ReadonlySet<number> | null = null;

  /** Adds a sample. Nothing happens where it holds no shared memory. */
  observe({ shared_memory: shared, processes, unread_holders }: Observed): void {
    if (shared === null) return;
    const alive = new Map(processes.map((process) => [process.pid, process]));
    const before = this.#charges;
    this.#charges = new Map();
    const charge = (key: string, kind: SharedMemoryKind, bytes: number, holders: readonly ProcessRef[]) => {
      const known = before.get(key);
      const holder = holderOf(known?.holder ?? null, holders, alive);
      // Holders are read a few processes at a time: an object without one for a moment keeps the last.
      const kept = holder ?? (known?.holder && isAlive(known.holder, alive) ? known.holder : null);
      const ended = known?.holder
        ? `${known.holder.name} (${known.holder.pid}), ended`
        : known?.ended ?? "no visible process";
      this.#charges.set(key, { kind, bytes, holder: kept, ended });
    };
    for (const file of shared.memfd) charge(`memfd/${file.inode}`, "memfd", file.size_bytes, file.holders);
    for (const file of shared.posix) charge(`posix/${file.name}`, "POSIX", file.size_bytes, file.holders);
    for (const { id, creator_pid, rss_bytes, swap_bytes } of shared.system_v) {
      const creator = alive.get(creator_pid);
      const key = `system-v/${id}/${creator_pid}`;
      // Who has the creator's pid when the segment is first seen keeps it; later the pid may be another program's.
      const holders = creator && !before.has(key) ? [{ pid: creator_pid, name: creator.name }] : [];
      charge(key, "System V", rss_bytes + swap_bytes, holders);
    }
    this.#rememberFirst(unread_holders ?? new Set());
  }

  /** What each process answers for now, largest first. */
  holdings(): SharedMemoryHolding[] {
    return [...this.#sums().values()].sort((a, b) => b.bytes - a.bytes);
  }

  #sums(): Map<string, SharedMemoryHolding> {
    const sums = new Map<string, SharedMemoryHolding>();
    for (const { kind, bytes, holder, ended } of this.#charges.values()) {
      const key = holder ? `${kind}/${holder.pid}/${holder.start_ticks}` : `${kind}/${ended}`;
      const sum = sums.get(key);
      if (sum !== undefined) {
        sum.bytes += bytes;
        sum.objects++;
      } else {
        const { pid, start_ticks, name } = holder ?? { pid: null, start_ticks: null, name: ended };
        const { bytes: first_bytes, objects: first_objects } = this.#first.get(key) ??
          { bytes: 0, objects: 0 };
        sums.set(key, {
          kind,
          pid,
          start_ticks,
          name,
          bytes,
          objects: 1,
          first_bytes,
          first_objects,
        });
      }
    }
    return sums;
  }

  /** Of whom nobody had looked into before, all is as old as may be; a process that was read and held nothing began now. */
  #rememberFirst(unread: ReadonlySet<number>): void {
    const first = new Map<string, { bytes: number; objects: number }>();
    for (const [key, { pid, bytes, objects }] of this.#sums()) {
      const isNew = this.#unread === null || (pid !== null && this.#unread.has(pid));
      first.set(key, this.#first.get(key) ?? (isNew ? { bytes, objects } : { bytes: 0, objects: 0 }));
    }
    this.#first = first;
    this.#unread = unread;
  }
}

type Observed = Pick<Sample, "shared_memory" | "processes" | "unread_holders">;

type Alive = ReadonlyMap<number, ProcessSample>;

const isAlive = ({ pid, start_ticks }: Identity, alive: Alive) => alive.get(pid)?.start_ticks === start_ticks;

function holderOf(known: Identity | null, holders: readonly ProcessRef[], alive: Alive): Identity | null {
  const present = holders.flatMap(({ pid, name }): Identity[] => {
    const process = alive.get(pid);
    return process === undefined ? [] : [{ pid, start_ticks: process.start_ticks, name }];
  });
  const same = known &&
    present.find(({ pid, start_ticks }) => pid === known.pid && start_ticks === known.start_ticks);
  return same ?? present.reduce<Identity | null>(
    (oldest, each) => oldest === null || each.start_ticks < oldest.start_ticks ? each : oldest,
    null,
  );
}

/**
 * Shared memory as the kernel itself charges it: to the cgroup of whoever touched a page first, whatever file system it lies in (memory.stat,
 * shmem). One holding for each unit and container; slices would count twice.
 */
export function chargedToCgroups(
  { units, containers }: Pick<Sample, "units" | "containers">,
): SharedMemoryHolding[] {
  const cgroups = [
    ...units.filter(({ kind }) => kind !== "slice").map(({ name, shmem_bytes }) => ({ name, shmem_bytes })),
    ...containers.map(({ name, id, shmem_bytes }) => ({ name: name ?? id, shmem_bytes })),
  ];
  return cgroups.flatMap(({ name, shmem_bytes }) =>
    shmem_bytes === null || shmem_bytes === 0 ? [] : [{
      kind: "Shmem",
      pid: null,
      start_ticks: null,
      name,
      bytes: shmem_bytes,
      objects: 1,
      first_bytes: 0,
      first_objects: 0,
    }]
  );
}

/** Less than this is the moment between two readings. */
const MIN_GROWN_BYTES = 1024 * 1024;

/**
 * Who took more between two looks, the largest first. What was not there at the first look grew from nothing, or from what was found when its
 * process was read for the first time. `kind` chooses one total of those watched.
 */
export function sharedMemoryGrowers(
  before: readonly SharedMemoryHolding[],
  after: readonly SharedMemoryHolding[],
  kind?: SharedMemoryKind,
): SharedMemoryGrower[] {
  const key = ({ kind, pid, start_ticks, name }: SharedMemoryHolding) =>
    `${kind}/${pid === null ? name : `${pid}/${start_ticks}`}`;
  const first = new Map(before.map((holding) => [key(holding), holding]));
  const grown = after.filter((holding) => kind === undefined || holding.kind === kind)
    .map((holding) => {
      const was = first.get(key(holding));
      return {
        ...holding,
        grown_bytes: holding.bytes - (was?.bytes ?? holding.first_bytes),
        grown_objects: holding.objects - (was?.objects ?? holding.first_objects),
      };
    })
    .filter(({ grown_bytes }) => grown_bytes >= MIN_GROWN_BYTES)
    .sort((a, b) => b.grown_bytes - a.grown_bytes);
  const total = grown.reduce((sum, { grown_bytes }) => sum + grown_bytes, 0);
  return grown.map((each) => ({ ...each, share: each.grown_bytes / total }));
}

/** From this share of the growth on, one process stands for it. */
export const MAIN_SHARE = 0.5;

/** A clause for the finding of a total: "media (4711) took 1.1 GiB of it in 4,400 files". Empty where nobody stands out. */
export function growerClause(growers: readonly SharedMemoryGrower[]): string {
  const [first] = growers;
  if (first === undefined || first.share < MAIN_SHARE) return "";
  const { kind, pid, name, grown_bytes, grown_objects } = first;
  const objects = grown_objects > 1 && kind !== "Shmem"
    ? ` in ${formatCount(grown_objects)} ${kind === "System V" ? "segments" : "files"}`
    : "";
  return `${pid === null ? name : `${name} (${pid})`} took ${formatBytes(grown_bytes)} of it${objects}`;
}
