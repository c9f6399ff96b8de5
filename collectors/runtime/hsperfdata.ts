/**
 * What a JVM says of its own heap, without attaching: HotSpot keeps its performance counters in a file that it maps
 * (PerfDisableSharedMem and -XX:-UsePerfData turn it off). Pure; the reader is read_hsperfdata.ts.
 *
 * Layout: "sun.jvmstat perfdata 2.0", src/hotspot/share/runtime/perfMemory.hpp in OpenJDK. A header, then entries
 * {length, name offset, vector length, type, flags, unit, variability, data offset}, in the byte order of the machine that
 * byte 4 names; only the magic is always big-endian.
 */

import { ParseError } from "../fs.ts";

export type JavaCollector = "serial" | "parallel" | "cms" | "g1" | "zgc" | "shenandoah";

/** Sizes in bytes, times in seconds; null where this JVM has no such counter. Texts come from the process: hostile. */
export interface Hsperfdata {
  collector: JavaCollector | null;
  /**
   * Used in the old generation; ZGC (not generational) and Shenandoah have one heap only, and this is all of it. Serial,
   * Parallel, CMS and G1 write it at the end of each collection: it is what that collection left, and a young collection
   * frees nothing old but large arrays. G1 writes it too when such an array (half a region or more) is allocated. So the
   * lows over a few collections are the live heap, with every collector.
   */
  old_used_bytes: number | null;
  old_capacity_bytes: number | null;
  /** G1, ZGC and Shenandoah: the whole heap, for each may take all of it. */
  old_max_bytes: number | null;
  /** false: written while the program allocates, and full of garbage (ZGC, Shenandoah): only the lows mean anything. */
  old_used_is_after_collection: boolean;
  young_used_bytes: number | null;
  young_capacity_bytes: number | null;
  young_max_bytes: number | null;
  /** -Xmx, whether given or the default. */
  heap_max_bytes: number | null;
  /** Of every kind, since the JVM's start. ZGC and Shenandoah count their pauses, several per collection. */
  collections: number | null;
  /** Stop-the-world collections of the whole heap; null for ZGC and Shenandoah, which do not count them apart. */
  full_collections: number | null;
  /** Spent in pauses since the JVM's start; concurrent work is not in it. */
  collection_seconds: number | null;
  /** End of the latest collection, in seconds after the JVM's start; null before the first. */
  last_collection_seconds: number | null;
  /** Without what lies in the class data sharing archive. */
  metaspace_used_bytes: number | null;
  metaspace_capacity_bytes: number | null;
  classes_loaded: number | null;
  threads_live: number | null;
  /** Main class or jar, and its arguments. */
  java_command: string | null;
  /** Options as the JVM took them, with JAVA_TOOL_OPTIONS; at most 4 KiB. May hold passwords (-D…): never print it. */
  vm_arguments: string | null;
}

const SOURCE = "hsperfdata";
const MAGIC = 0xcafec0c0;
const HEADER_BYTES = 32;
const ENTRY_BYTES = 20;
const MAX_ENTRIES = 10_000;
const MAX_TEXT_BYTES = 4096;

type Counters = Map<string, number | string>;

/** Throws ParseError where the bytes are not a complete perfdata 2.x memory, as while the JVM starts. */
export function parseHsperfdata(bytes: Uint8Array): Hsperfdata {
  return hsperfdataOf(parseCounters(bytes));
}

/** All counters by name: 64-bit numbers and texts. Throws ParseError. */
export function parseCounters(bytes: Uint8Array): Counters {
  if (bytes.length < HEADER_BYTES) throw new ParseError(SOURCE, "shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC) throw new ParseError(SOURCE, "no perfdata magic");
  const [order, major, accessible] = [bytes[4]!, bytes[5]!, bytes[7]!];
  if (order > 1) throw new ParseError(SOURCE, `byte order ${order}`);
  if (major !== 2) throw new ParseError(SOURCE, `version ${major}`);
  if (accessible !== 1) throw new ParseError(SOURCE, "not yet complete");
  const little = order === 1;
  const count = view.getInt32(28, little);
  if (count < 0 || count > MAX_ENTRIES) throw new ParseError(SOURCE, `${count} entries`);
  const counters: Counters = new Map();
  let at = view.getInt32(24, little);
  for (let index = 0; index < count; index++) {
    if (at < HEADER_BYTES || at + ENTRY_BYTES > bytes.length) {
      throw new ParseError(SOURCE, `no entry at ${at}`);
    }
    const length = view.getInt32(at, little);
    if (length < ENTRY_BYTES || at + length > bytes.length) {
      throw new ParseError(SOURCE, `an entry of ${length} bytes at ${at}`);
    }
    readEntry(view, bytes.subarray(at, at + length), at, little, counters);
    at += length;
  }
  return counters;
}

function readEntry(view: DataView, entry: Uint8Array, at: number, little: boolean, into: Counters): void {
  const nameOffset = view.getInt32(at + 4, little);
  const vectorLength = view.getInt32(at + 8, little);
  const type = String.fromCharCode(entry[12]!);
  const dataOffset = view.getInt32(at + 16, little);
  const inside = (offset: number, size: number) => offset >= ENTRY_BYTES && offset + size <= entry.length;
  if (!inside(nameOffset, 1)) throw new ParseError(SOURCE, `a name at ${nameOffset} in the entry at ${at}`);
  const name = textAt(entry, nameOffset, entry.length - nameOffset);
  if (type === "J" && vectorLength === 0) {
    if (!inside(dataOffset, 8)) throw new ParseError(SOURCE, `data at ${dataOffset} in the entry at ${at}`);
    into.set(name, Number(view.getBigInt64(at + dataOffset, little)));
  } else if (type === "B" && vectorLength > 0) {
    if (!inside(dataOffset, vectorLength)) {
      throw new ParseError(SOURCE, `data at ${dataOffset} in the entry at ${at}`);
    }
    into.set(name, textAt(entry, dataOffset, vectorLength));
  }
}

/** Up to the first zero. JVMs write modified UTF-8; what is none becomes U+FFFD. */
function textAt(bytes: Uint8Array, from: number, length: number): string {
  const text = bytes.subarray(from, from + Math.min(length, MAX_TEXT_BYTES));
  const end = text.indexOf(0);
  return decoder.decode(end < 0 ? text : text.subarray(0, end));
}

const decoder = new TextDecoder();

/** Spaces of a generation and collectors of a JVM: no JVM has more of either. */
const MAX_PARTS = 8;

function hsperfdataOf(counters: Counters): Hsperfdata {
  const number = (name: string): number | null => {
    const value = counters.get(name);
    return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
  };
  const text = (name: string): string | null => {
    const value = counters.get(name);
    return typeof value === "string" && value !== "" ? value : null;
  };
  const each = (name: (index: number) => string) =>
    Array.from({ length: MAX_PARTS }, (_, index) => number(name(index)));
  const used = (generation: number) =>
    sum(each((space) => `sun.gc.generation.${generation}.space.${space}.used`));
  const size = (name: string) => wholePages(number(name));

  const collector = collectorOf(text("sun.gc.policy.name"), collectorNames(counters));
  const isSplit = collector === "serial" || collector === "parallel" || collector === "cms";
  const hasOneHeap = collector === "zgc" || collector === "shenandoah";
  const [oldMax, youngMax] = [
    size("sun.gc.generation.1.maxCapacity"),
    size("sun.gc.generation.0.maxCapacity"),
  ];
  const frequency = number("sun.os.hrt.frequency") || null;
  const seconds = (ticks: number | null) => ticks === null || frequency === null ? null : ticks / frequency;
  const lastExit = max(each((index) => `sun.gc.collector.${index}.lastExitTime`));
  const loaded = sum([number("java.cls.loadedClasses"), number("java.cls.sharedLoadedClasses")]);
  const unloaded = sum([number("java.cls.unloadedClasses"), number("java.cls.sharedUnloadedClasses")]) ?? 0;

  return {
    collector,
    old_used_bytes: used(1),
    old_capacity_bytes: size("sun.gc.generation.1.capacity"),
    old_max_bytes: oldMax,
    old_used_is_after_collection: collector !== null && !hasOneHeap,
    young_used_bytes: hasOneHeap ? null : used(0),
    young_capacity_bytes: hasOneHeap ? null : size("sun.gc.generation.0.capacity"),
    young_max_bytes: hasOneHeap ? null : youngMax,
    heap_max_bytes: isSplit ? sum([oldMax, youngMax]) : max([oldMax, youngMax]),
    collections: sum(each((index) => `sun.gc.collector.${index}.invocations`)),
    full_collections: hasOneHeap ? null : number("sun.gc.collector.1.invocations"),
    collection_seconds: seconds(sum(each((index) => `sun.gc.collector.${index}.time`))),
    last_collection_seconds: lastExit === 0 ? null : seconds(lastExit),
    metaspace_used_bytes: number("sun.gc.metaspace.used"),
    metaspace_capacity_bytes: number("sun.gc.metaspace.capacity"),
    classes_loaded: loaded === null ? null : Math.max(0, loaded - unloaded),
    threads_live: number("java.threads.live"),
    java_command: text("sun.rt.javaCommand"),
    vm_arguments: text("java.rt.vmArgs"),
  };
}

function collectorNames(counters: Counters): string[] {
  const names = Array.from(
    { length: MAX_PARTS },
    (_, index) => counters.get(`sun.gc.collector.${index}.name`),
  );
  return names.filter((name) => typeof name === "string");
}

/** JDK 8 says "Copy", "MSC", "PSScavenge", "PCopy", "CMS"; JDK 11 and later say it in full. */
function collectorOf(policy: string | null, names: string[]): JavaCollector | null {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^G1\b/)) return "g1";
  if (has(/^(Z|ZGC)\b/)) return "zgc";
  if (has(/^Shenandoah/)) return "shenandoah";
  if (has(/^(CMS|Concurrent Mark)/) || policy?.startsWith("ParNew")) return "cms";
  if (has(/^(Parallel|PS)/) || policy?.startsWith("ParScav")) return "parallel";
  if (has(/^(Serial|Copy|MCopy|MSC)/) || policy?.startsWith("Copy")) return "serial";
  return null;
}

/** G1 adds 8 bytes for each space so that no tool divides by zero (g1MonitoringSupport.hpp, pad_capacity). */
function wholePages(bytes: number | null): number | null {
  return bytes === null ? null : bytes - bytes % 4096;
}

/** Of those that are known; null where none is. */
function sum(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function max(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
