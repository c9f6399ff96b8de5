/** The caps on memory that programs declare for themselves: growth towards one is filling, and its end is the cap. */

import { formatBytes } from "./format.ts";

export interface DeclaredLimit {
  bytes: number;
  /** As the program's documentation writes it: "-Xmx", "maxmemory", "shared_buffers". Never text of the process. */
  name: string;
  /**
   * What the cap holds for. `memory`: all that the program stores; `heap`, `cache`, `direct`, `metaspace`: that part of it;
   * `request`: what one request may take; `shared`: a shared segment, not this process's own memory; `file`: pages of a
   * mapped file, which the kernel can take back.
   */
  what: "memory" | "heap" | "cache" | "direct" | "metaspace" | "request" | "shared" | "file";
  /** "command line", "environment", "default", or the configuration file as the process sees it (hostile text). */
  source: string;
  /** Nobody wrote it down: the program's own default. */
  is_default: boolean;
  /**
   * How far anonymous memory + swap of the whole process may pass the cap without a leak, as a share of the cap: allocator
   * fragmentation, bookkeeping per entry, room for the collector.
   */
  overhead_ratio: number;
  /** The same, whatever the cap: code, threads, buffers, other pools. */
  overhead_bytes: number;
  /**
   * The program grows up to it by design, whatever it holds: a cache that evicts there, a JVM whose garbage fills the heap. Not so V8 and Go,
   * which collect by the size of what is alive, nor a cap at which requests fail: growth towards those is no filling, only its end is known.
   */
  fills_up: boolean;
  /** One clause for people: "the cache evicts at this size". */
  shape: string;
}

/**
 * How much anonymous memory + swap a process may come to hold by filling up, as it declared, in bytes; null where it declared no cap to
 * which it fills (a shared segment, a file, one request, V8's heap are none). Above this it is not filling any more.
 */
export function declaredCeiling(limits: readonly DeclaredLimit[]): number | null {
  const own = limits.filter(({ what, fills_up }) =>
    fills_up && (what === "memory" || what === "heap" || what === "cache")
  );
  if (own.length === 0) return null;
  // A default for a part (direct buffers may take as much as the heap) is seldom used up: it is no reason to wait.
  const parts = limits.filter(({ what, is_default }) =>
    (what === "direct" || what === "metaspace") && !is_default
  );
  return Math.round([...own, ...parts].reduce(
    (total, { bytes, overhead_ratio, overhead_bytes }) =>
      total + bytes * (1 + overhead_ratio) + overhead_bytes,
    0,
  ));
}

const SUBJECTS: Record<DeclaredLimit["what"], string> = {
  memory: "",
  heap: "heap ",
  cache: "cache ",
  direct: "direct buffers ",
  metaspace: "metaspace ",
  request: "request ",
  shared: "shared memory ",
  file: "mapped file ",
};

/** Part of a sentence: "heap full at -Xmx 256 MiB", "full at maxmemory 48 MiB", "heap full at its default -Xmx 5.88 GiB". */
export function fullAt({ what, name, bytes, is_default }: DeclaredLimit): string {
  return `${SUBJECTS[what]}full at ${is_default ? "its default " : ""}${name} ${formatBytes(bytes)}`;
}
