/**
 * The JVM (HotSpot). Options: https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html. Elasticsearch, OpenSearch,
 * Cassandra, Kafka, Solr, Neo4j, Tomcat and the like hand theirs to java on its command line.
 */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { type DeclaringProcess, GIB, MIB, type ProgramLimits, type Setting } from "./declaring_process.ts";
import { splitWords } from "./options.ts";
import { BINARY, parseProgramSize } from "./size.ts";

const HEAP = {
  what: "heap",
  /** Card tables, remembered sets and mark bitmaps: a tenth and more of the heap with G1. */
  overhead_ratio: 0.15,
  /** Code cache (ReservedCodeCacheSize, 240 MiB), metaspace and the class space of a larger program, stacks of 100 threads. */
  overhead_bytes: 512 * MIB,
  fills_up: true,
  shape: "cap on live objects and garbage together; OutOfMemoryError when the live ones alone reach it",
} as const;

/** Default heap: a quarter of memory, up to what compressed pointers reach (arguments.cpp, set_heap_size). */
const MAX_DEFAULT_HEAP = 32 * GIB;
/** MaxHeapSize before ergonomics (globals_x86.hpp and its like): less than this only where half of memory is less. */
const INITIAL_MAX_HEAP = 124.8 * MIB;

/** Options that take the next argument: it is no main class. */
const WITH_VALUE =
  /^(-cp|-classpath|--class-path|-p|--module-path|--upgrade-module-path|--add-modules|--add-reads|--add-exports|--add-opens|--limit-modules|--patch-module|--source|--enable-native-access)$/;

/** Options in the order in which they count: JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, the command line, _JAVA_OPTIONS. */
function javaOptions({ argv, environment, readFile }: DeclaringProcess): Setting[] {
  const fromEnvironment = (name: string) =>
    splitWords(environment.get(name) ?? "").map((text) => ({ text, source: "environment" }));
  const fromFile = (path: string) =>
    splitWords((readFile(path) ?? "").replace(/#.*$/gm, "")).map((text) => ({ text, source: path }));
  const own: Setting[] = [];
  for (let at = 1; at < argv.length; at++) {
    const text = argv[at]!;
    if (text.startsWith("@")) own.push(...fromFile(text.slice(1)));
    else if (!text.startsWith("-") || text === "-jar" || text === "-m" || text === "--module") break;
    else if (WITH_VALUE.test(text)) at++;
    else own.push({ text, source: "command line" });
  }
  return [
    ...fromEnvironment("JAVA_TOOL_OPTIONS"),
    ...fromEnvironment("JDK_JAVA_OPTIONS"),
    ...own,
    ...fromEnvironment("_JAVA_OPTIONS"),
  ];
}

function lastValue(options: readonly Setting[], pattern: RegExp): Setting | null {
  for (const { text, source } of options.toReversed()) {
    const match = pattern.exec(text);
    if (match) return { text: match[1]!, source };
  }
  return null;
}

function readJava(process: DeclaringProcess): DeclaredLimit[] {
  const options = javaOptions(process);
  const heap = heapLimit(options, process.memory_bytes);
  return [heap, ...partLimits(options, heap.bytes)];
}

function heapLimit(options: readonly Setting[], memory: number): DeclaredLimit {
  const size = lastValue(options, /^(?:-Xmx|-mx|-XX:MaxHeapSize=)(\S+)$/);
  const bytes = size === null ? null : parseProgramSize(size.text);
  if (size !== null && bytes !== null) {
    return { ...HEAP, bytes, name: "-Xmx", source: size.source, is_default: false };
  }
  const ram = lastValue(options, /^-XX:MaxRAM=(\S+)$/);
  const counted = Math.min(memory, (ram && parseProgramSize(ram.text)) ?? Infinity);
  const share = lastValue(options, /^-XX:MaxRAMPercentage=([\d.]+)$/);
  const fraction = lastValue(options, /^-XX:MaxRAMFraction=(\d+)$/);
  if (share !== null && Number(share.text) > 0) {
    const bytes = Math.floor(counted * Math.min(1, Number(share.text) / 100));
    return { ...HEAP, bytes, name: "-XX:MaxRAMPercentage", source: share.source, is_default: false };
  }
  if (fraction !== null && Number(fraction.text) > 0) {
    const bytes = Math.floor(counted / Number(fraction.text));
    return { ...HEAP, bytes, name: "-XX:MaxRAMFraction", source: fraction.source, is_default: false };
  }
  const half = counted / 2;
  const initial = half < INITIAL_MAX_HEAP
    ? half
    : Math.min(Math.max(counted / 4, INITIAL_MAX_HEAP), MAX_DEFAULT_HEAP);
  return { ...HEAP, bytes: Math.floor(initial), name: "-Xmx", source: "default", is_default: true };
}

function partLimits(options: readonly Setting[], heap: number): DeclaredLimit[] {
  const part = (option: string, what: "direct" | "metaspace", shape: string): DeclaredLimit[] => {
    const setting = lastValue(options, new RegExp(`^-XX:${option}=(\\S+)$`));
    const bytes = setting === null ? null : parseProgramSize(setting.text, BINARY);
    if (setting === null || bytes === null) return [];
    const { source } = setting;
    return [{
      bytes,
      name: `-XX:${option}`,
      what,
      source,
      is_default: false,
      overhead_ratio: 0,
      overhead_bytes: 0,
      fills_up: false,
      shape,
    }];
  };
  const direct = part(
    "MaxDirectMemorySize",
    "direct",
    "cap on direct buffers; OutOfMemoryError when they reach it",
  );
  const metaspace = part(
    "MaxMetaspaceSize",
    "metaspace",
    "cap on class metadata; OutOfMemoryError: Metaspace at it",
  );
  if (direct.length === 0) {
    // Without the option, direct buffers may take as much as the heap (jdk.internal.misc.VM, saveProperties).
    direct.push({
      bytes: heap,
      name: "-XX:MaxDirectMemorySize",
      what: "direct",
      source: "default",
      is_default: true,
      overhead_ratio: 0,
      overhead_bytes: 0,
      fills_up: false,
      shape: "direct buffers may take as much as the heap",
    });
  }
  return [...direct, ...metaspace];
}

export const JAVA: ProgramLimits[] = [{ program: /^java$/, read: readJava }];
