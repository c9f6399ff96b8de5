/**
 * Go's heap profile as text (`/debug/pprof/heap?debug=1`): live memory by the stack that allocated it, sampled once every
 * MemProfileRate bytes, with the program's own symbols. Source: Go, src/runtime/pprof/pprof.go (writeHeapInternal).
 */

import { MAX_SITES, type ProfileSite } from "../result.ts";

export interface HeapProfile {
  /** Live memory by stack; the key is the list of addresses. */
  stacks: Map<string, LiveStack>;
  /** runtime.MemStats: bytes of live objects and of those not yet swept. */
  heap_alloc_bytes: number | null;
  /** Completed collections. */
  collections: number | null;
}

export interface LiveStack {
  /** Estimates from the samples. */
  count: number;
  bytes: number;
  /** Innermost first: "main.openTicket /src/tickets.go:26". */
  frames: string[];
}

const HEADER = /^heap profile: \d+: \d+ \[\d+: \d+\] @ heap\/(\d+)$/;
const RECORD = /^(\d+): (\d+) \[\d+: \d+\] @((?: 0x[0-9a-f]+)+)$/;
const FRAME = /^#\t0x[0-9a-f]+\t(\S.*?)(?:\+0x[0-9a-f]+)?\t+(.*)$/;
const MAX_STACKS = 200_000;
const MAX_FRAMES = 64;

/** null where the text is no heap profile. Lines it does not know are passed over. Pure. */
export function parseHeapProfile(text: string): HeapProfile | null {
  const lines = text.split("\n");
  const header = HEADER.exec(lines[0] ?? "");
  if (header === null) return null;
  // The header gives twice the rate.
  const rate = Number(header[1]) / 2;
  const profile: HeapProfile = { stacks: new Map(), heap_alloc_bytes: null, collections: null };
  let stack: LiveStack | null = null;
  for (const line of lines.slice(1)) {
    const record = RECORD.exec(line);
    if (record !== null) {
      stack = { ...unsample(Number(record[1]), Number(record[2]), rate), frames: [] };
      if (profile.stacks.size < MAX_STACKS) profile.stacks.set(record[3]!.trim(), stack);
      continue;
    }
    const frame = FRAME.exec(line);
    if (frame !== null && stack !== null && stack.frames.length < MAX_FRAMES) {
      stack.frames.push(`${frame[1]} ${frame[2]}`);
    }
    const figure = /^# (HeapAlloc|NumGC) = (\d+)$/.exec(line);
    if (figure?.[1] === "HeapAlloc") profile.heap_alloc_bytes = Number(figure[2]);
    if (figure?.[1] === "NumGC") profile.collections = Number(figure[2]);
  }
  return profile;
}

/**
 * What the samples stand for: an object of size s is sampled with probability 1 − e^(−s/rate), so the text's raw figures
 * are divided by it, as `go tool pprof` does (google/pprof, profile/legacy_profile.go, scaleHeapSample).
 */
function unsample(count: number, bytes: number, rate: number): { count: number; bytes: number } {
  if (count === 0 || bytes === 0 || rate <= 1) return { count, bytes };
  const scale = 1 / (1 - Math.exp(-bytes / count / rate));
  return { count: Math.round(count * scale), bytes: Math.round(bytes * scale) };
}

/** Stacks that hold more than before, largest growth first. Pure. */
export function heapGrowth(before: HeapProfile, after: HeapProfile): Omit<ProfileSite, "share">[] {
  const sites: (Omit<ProfileSite, "share"> & { live_bytes: number })[] = [];
  for (const [key, { count, bytes, frames }] of after.stacks) {
    const old = before.stacks.get(key);
    const live_bytes = bytes - (old?.bytes ?? 0);
    if (live_bytes <= 0) continue;
    const grown = Math.max(0, count - (old?.count ?? 0));
    sites.push({ stack: frames, type: null, live_bytes, count: grown, held_by: null });
  }
  return sites.sort((a, b) => b.live_bytes - a.live_bytes).slice(0, MAX_SITES);
}
