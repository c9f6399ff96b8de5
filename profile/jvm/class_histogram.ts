import type { TypeCount } from "../type_growth.ts";

/** Live instances by class, as `GC.class_histogram` prints them, largest first. */
export interface ClassHistogram {
  /** By readable name: "byte[]", "java.util.HashMap$Node[]". */
  classes: Map<string, TypeCount>;
  /** Sum over all, the live heap. */
  total_bytes: number;
}

/** More classes than this are no program's: the rest is dropped, the total stays. */
const MAX_CLASSES = 200_000;
/** Space that a collector left unused, since Java 19. */
const FILLER = /^jdk\.internal\.vm\.Filler/;
const ROW = /^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S.*?)(?: \([^)]*\))?\s*$/;
const TOTAL = /^Total\s+(\d+)\s+(\d+)\s*$/;

/**
 * Pure. A name holds no space before its module ("(java.base@17)", since JDK 9); two loaders' classes of one name are
 * added up. null where the text is no histogram.
 */
export function parseClassHistogram(text: string): ClassHistogram | null {
  const classes = new Map<string, TypeCount>();
  let total: number | null = null;
  let filler_bytes = 0;
  for (const line of text.split("\n")) {
    const end = TOTAL.exec(line);
    if (end !== null) total = Number(end[2]);
    const row = ROW.exec(line);
    if (row === null) continue;
    const name = readableClass(row[3]!);
    if (FILLER.test(name)) {
      filler_bytes += Number(row[2]);
      continue;
    }
    const found = classes.get(name);
    if (found !== undefined) {
      found.count += Number(row[1]);
      found.bytes = found.bytes! + Number(row[2]);
    } else if (classes.size < MAX_CLASSES) {
      classes.set(name, { count: Number(row[1]), bytes: Number(row[2]) });
    }
  }
  return total === null || classes.size === 0 ? null : { classes, total_bytes: total - filler_bytes };
}

const PRIMITIVES: Record<string, string> = {
  B: "byte",
  C: "char",
  D: "double",
  F: "float",
  I: "int",
  J: "long",
  S: "short",
  Z: "boolean",
};

/** The JVM's internal name of an array class as a person writes it: "[Ljava.lang.String;" is "java.lang.String[]". */
export function readableClass(name: string): string {
  const array = /^(\[+)(?:([BCDFIJSZ])|L(.+);)$/.exec(name);
  if (array === null) return name;
  return (array[3] ?? PRIMITIVES[array[2]!]!) + "[]".repeat(array[1]!.length);
}

/** Whether a class belongs to the JDK, arrays of them included. */
export function isJdkClass(name: string): boolean {
  return /^(byte|char|double|float|int|long|short|boolean)\[/.test(name) ||
    /^(java|javax|jdk|sun|com\.sun|org\.graalvm)\./.test(name) || name.startsWith("<");
}
