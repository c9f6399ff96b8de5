import type { Collector } from "../collector.ts";
import { keyBytes, textOf } from "../byte_cursor.ts";
import { memoryDirectory } from "../process/thread_group.ts";
import { parseMapping, scanLines } from "../procfs/maps.ts";
import type { MemfdFile, ProcessRef, ProcessSample } from "../../model/sample.ts";
import { sharedMemoryOf } from "./shared_memory.ts";

/** Time that one round may take; the next goes on where it stopped. */
const BUDGET_SECONDS = 0.02;
/** While some processes have never been read, and so nobody can be named for what they hold. */
const FIRST_BUDGET_SECONDS = 0.06;
/** For the first and the last sample of a window, where one round is all there is. */
const LARGE_BUDGET_SECONDS = 0.15;

const REFRESH_AFTER_ROUNDS = 8;

/** What makes a process as likely a holder by its descriptors as by its shared pages. */
const TYPICAL_DESCRIPTORS = 100;
const TYPICAL_SHARED_BYTES = 4 * 1024 * 1024;
/** More descriptors than at the last look: time to look again. */
const GROWN_DESCRIPTORS = 16;

/** What one process holds: memfd files by inode, and names in /dev/shm. */
interface Holdings {
  start_ticks: number;
  /** What the process had when it was looked at: while that stays, so do its holdings, or nearly. */
  open_descriptors: number | null;
  shmem_bytes: number | null;
  /** Round of the last look. */
  round: number;
  memfds: Map<number, { name: string; size_bytes: number }>;
  posix: Set<string>;
}

/** "/memfd:NAME (deleted)" → NAME; null for other names. */
export function parseMemfdName(target: string): string | null {
  const match = /^\/memfd:(.*?)(?: \(deleted\))?$/s.exec(target);
  return match === null ? null : match[1]!;
}

/** "/dev/shm/NAME" → NAME; null for other names and for files that were removed. */
export function parsePosixName(target: string): string | null {
  return target.startsWith("/dev/shm/") && !target.endsWith(" (deleted)")
    ? target.slice("/dev/shm/".length)
    : null;
}

/**
 * Who holds shared memory: memfd files (which have no other place) and files of /dev/shm, from the descriptors and the
 * mappings of the processes, a few at a time. Others' need root.
 */
export function shmUsersCollector(): Collector {
  const known = new Map<number, Holdings>();
  let round = 0;
  return {
    name: "shm_users",
    source: "/proc/PID/fd, /proc/PID/maps",
    tier: "slow",
    collect(sample, { roots, force = false }) {
      const processes = sample.processes.filter((process) =>
        !process.is_kernel_thread && process.vsz_bytes > 0
      );
      forgetTheGone(known, processes);
      round++;
      const budget = force
        ? LARGE_BUDGET_SECONDS
        : processes.some(({ pid }) => !known.has(pid))
        ? FIRST_BUDGET_SECONDS
        : BUDGET_SECONDS;
      const end = performance.now() + budget * 1000;
      for (const process of inOrder(processes, known)) {
        if (performance.now() >= end) break;
        const before = known.get(process.pid);
        if (!force && before !== undefined && isUnchanged(process, before, round)) continue;
        known.set(process.pid, readHoldings(process, roots.proc, round));
      }
      const shared = sharedMemoryOf(sample);
      const unread = processes.filter(({ pid }) => !known.has(pid));
      sample.unread_holders = new Set(unread.map(({ pid }) => pid));
      shared.memfd = memfdFiles(known, processes);
      const holders = posixHolders(known, processes);
      for (const segment of shared.posix) segment.holders = holders.get(segment.name) ?? [];
    },
  };
}

/**
 * Who is looked at first when the time does not suffice for all: those that have taken descriptors or shared pages since their last look, for
 * a leak of memfd files is one of either; then those never looked at and those looked at longest ago, and among them those with most. On
 * a machine where programs start all the time, new ones alone would take all of it.
 */
export function inOrder(
  processes: readonly ProcessSample[],
  known: ReadonlyMap<number, Pick<Holdings, "round" | "open_descriptors" | "shmem_bytes">>,
): ProcessSample[] {
  const round = ({ pid }: ProcessSample) => known.get(pid)?.round ?? 0;
  const hasGrown = ({ pid, open_descriptors, shmem_bytes }: ProcessSample) => {
    const before = known.get(pid);
    if (!before) return 0;
    const descriptors = (open_descriptors ?? 0) - (before.open_descriptors ?? 0);
    const shared = (shmem_bytes ?? 0) - (before.shmem_bytes ?? 0);
    return descriptors >= GROWN_DESCRIPTORS || shared >= TYPICAL_SHARED_BYTES ? 1 : 0;
  };
  const likely = ({ open_descriptors, shmem_bytes }: ProcessSample) =>
    Math.max((open_descriptors ?? 0) / TYPICAL_DESCRIPTORS, (shmem_bytes ?? 0) / TYPICAL_SHARED_BYTES);
  return processes.toSorted((a, b) =>
    hasGrown(b) - hasGrown(a) || round(a) - round(b) || likely(b) - likely(a)
  );
}

function forgetTheGone(known: Map<number, Holdings>, processes: readonly ProcessSample[]): void {
  const alive = new Map(processes.map(({ pid, start_ticks }) => [pid, start_ticks]));
  for (const [pid, { start_ticks }] of known) if (alive.get(pid) !== start_ticks) known.delete(pid);
}

/** Nothing held at the last look and no sign of change since: looked at again only after some rounds. */
function isUnchanged(
  process: ProcessSample,
  { open_descriptors, shmem_bytes, ...before }: Holdings,
  round: number,
): boolean {
  return before.memfds.size === 0 && before.posix.size === 0 &&
    round - before.round < REFRESH_AFTER_ROUNDS &&
    process.open_descriptors === open_descriptors && process.shmem_bytes === shmem_bytes;
}

function readHoldings(process: ProcessSample, proc: string, round: number): Holdings {
  const { start_ticks, open_descriptors, shmem_bytes } = process;
  const holdings: Holdings = {
    start_ticks,
    open_descriptors,
    shmem_bytes,
    round,
    memfds: new Map(),
    posix: new Set(),
  };
  const directory = memoryDirectory(process.pid, proc);
  readDescriptors(`${directory}/fd`, holdings);
  // Without resident shared pages there is no mapping worth looking for; kernels before 4.5 do not tell.
  if (process.shmem_bytes !== 0) readMappings(directory, holdings);
  return holdings;
}

function readDescriptors(directory: string, { memfds, posix }: Holdings): void {
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      const path = `${directory}/${name}`;
      const target = linkOrEmpty(path);
      const memfd = parseMemfdName(target);
      if (memfd !== null) {
        addMemfd(memfds, memfd, path);
      } else {
        const shm = parsePosixName(target);
        if (shm !== null) posix.add(shm);
      }
    }
  } catch {
    // Hidden or gone: then nothing is known about it.
  }
}

function addMemfd(memfds: Holdings["memfds"], name: string, path: string): void {
  try {
    const { ino, blocks, size } = Deno.statSync(path);
    memfds.set(ino ?? 0, { name, size_bytes: blocks === null ? size : blocks * 512 });
  } catch {
    // Closed while we looked.
  }
}

function readMappings(directory: string, { memfds, posix }: Holdings): void {
  try {
    const lines: string[] = [];
    scanLines(`${directory}/maps`, (bytes, begin, end) => {
      if (isSharedMapping(bytes, begin, end)) lines.push(textOf(bytes.subarray(begin, end)));
    });
    for (const line of lines) {
      const mapping = parseMapping(line);
      if (mapping === null) continue;
      const shm = parsePosixName(mapping.name);
      if (shm !== null) posix.add(shm);
      const memfd = parseMemfdName(mapping.name);
      if (memfd !== null && !memfds.has(mapping.inode)) {
        memfds.set(mapping.inode, {
          name: memfd,
          size_bytes: mappedFileBytes(directory, line, mapping.end - mapping.begin),
        });
      }
    }
  } catch {
    // Hidden or gone.
  }
}

const MEMFD = keyBytes("/memfd:");
const DEV_SHM = keyBytes("/dev/shm/");

/** Whether a line of maps names a memfd or a file of /dev/shm. The first slash begins the name. */
function isSharedMapping(bytes: Uint8Array, begin: number, end: number): boolean {
  const slash = bytes.indexOf(0x2f, begin);
  if (slash < 0 || slash >= end) return false;
  return [MEMFD, DEV_SHM].some((key) => key.every((byte, at) => bytes[slash + at] === byte));
}

/** Memory of a mapped file whose descriptor is closed: map_files leads to it, for root; else the mapping's length. */
function mappedFileBytes(directory: string, line: string, length: number): number {
  try {
    const { blocks, size } = Deno.statSync(`${directory}/map_files/${line.slice(0, line.indexOf(" "))}`);
    return blocks === null ? size : blocks * 512;
  } catch {
    return length;
  }
}

function linkOrEmpty(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

function memfdFiles(known: Map<number, Holdings>, processes: readonly ProcessSample[]): MemfdFile[] {
  const files = new Map<number, MemfdFile>();
  for (const { pid, name } of processes) {
    for (const [inode, memfd] of known.get(pid)?.memfds ?? []) {
      const file = files.get(inode) ?? { ...memfd, inode, holders: [] };
      file.holders.push({ pid, name });
      files.set(inode, file);
    }
  }
  return [...files.values()].sort((a, b) => b.size_bytes - a.size_bytes);
}

function posixHolders(
  known: Map<number, Holdings>,
  processes: readonly ProcessSample[],
): Map<string, ProcessRef[]> {
  const holders = new Map<string, ProcessRef[]>();
  for (const { pid, name } of processes) {
    for (const segment of known.get(pid)?.posix ?? []) {
      const list = holders.get(segment);
      if (list === undefined) holders.set(segment, [{ pid, name }]);
      else list.push({ pid, name });
    }
  }
  return holders;
}
