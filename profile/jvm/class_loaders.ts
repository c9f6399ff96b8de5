/**
 * Class loaders by type: where metaspace grows, some type has ever more loaders or classes. The text of
 * `VM.classloader_stats` (OpenJDK, src/hotspot/share/classfile/classLoaderStats.cpp).
 */

import type { TypeCount } from "../type_growth.ts";

const ROW = /^(?:0x[0-9a-f]+\s+){3}(\d+)\s+(\d+)\s+\d+\s+(\S.*)$/;
/** Lambdas and hidden classes of the loader above it. */
const HIDDEN = /^\s+(\d+)\s+(\d+)\s+\d+\s+\+ (?:hidden|unsafe anonymous) classes$/;

export interface ClassLoaders {
  /** By type: loaders in `count`, bytes of their metaspace in `bytes`. */
  loaders: Map<string, TypeCount>;
  /** All loaded classes. */
  classes: number;
  /** Metaspace of all. */
  total_bytes: number;
}

/** null where the text is no such table. Pure. */
export function parseClassLoaders(text: string): ClassLoaders | null {
  if (!/^ClassLoader\s+Parent\s/.test(text)) return null;
  const loaders = new Map<string, TypeCount>();
  let classes = 0;
  let total_bytes = 0;
  let last: TypeCount | null = null;
  for (const line of text.split("\n")) {
    const row = ROW.exec(line);
    if (row !== null) {
      last = loaders.get(row[3]!) ?? { count: 0, bytes: 0 };
      loaders.set(row[3]!, last);
      last.count++;
    }
    const figures = row ?? HIDDEN.exec(line);
    if (figures === null || last === null) continue;
    classes += Number(figures[1]);
    last.bytes = last.bytes! + Number(figures[2]);
    total_bytes += Number(figures[2]);
  }
  return { loaders, classes, total_bytes };
}
