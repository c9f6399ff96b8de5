import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { SystemDescriptors } from "../../model/sample.ts";

/** Open files of the whole system: allocated, free (0 since 2.6), and the limit (/proc/sys/fs/file-nr). */
export function parseFileNr(text: string): SystemDescriptors {
  const [allocated, free, limit] = text.trim().split(/\s+/).map(Number);
  if (!(allocated! >= 0) || !(free! >= 0) || !(limit! >= 0)) {
    throw new ParseError("/proc/sys/fs/file-nr", "not three numbers");
  }
  return { allocated: allocated! - free!, limit: limit! };
}

export function fileNrCollector(): Collector {
  return {
    name: "file_nr",
    source: "/proc/sys/fs/file-nr",
    tier: "fast",
    collect(sample, { roots }) {
      sample.system_descriptors = parseFileNr(readText(`${roots.proc}/sys/fs/file-nr`));
    },
  };
}
