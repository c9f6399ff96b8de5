import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { SlabCache } from "../../model/sample.ts";

/**
 * Caches of /proc/slabinfo, version 2 (mm/slab_common.c); the size is whole slabs, as the kernel took them. SLUB merges
 * caches of like objects, so a name may stand for several. Throws ParseError where the header or a line is another.
 */
export function parseSlabinfo(text: string, pageBytes: number): SlabCache[] {
  const lines = text.split("\n");
  if (!lines[0]?.startsWith("slabinfo - version: 2.")) {
    throw new ParseError("/proc/slabinfo", "not version 2");
  }
  const caches: SlabCache[] = [];
  for (const line of lines.slice(1)) {
    if (line.startsWith("#") || line.trim() === "") continue;
    // Read from the numbers, not from the blanks: modules have given caches names with blanks in them.
    const match = LINE.exec(line);
    if (match === null) {
      throw new ParseError("/proc/slabinfo", `unexpected line ${JSON.stringify(line.slice(0, 80))}`);
    }
    const [active_objects, objects, object_bytes, , pagesPerSlab, slabs] = match.slice(2).map(Number);
    caches.push({
      name: match[1]!,
      active_objects: active_objects!,
      objects: objects!,
      object_bytes: object_bytes!,
      size_bytes: slabs! * pagesPerSlab! * pageBytes,
    });
  }
  return caches;
}

const LINE =
  /^(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+:\s+tunables\s.*:\s+slabdata\s+\d+\s+(\d+)\s+\d+/;

export function slabinfoCollector(): Collector {
  return {
    name: "slabinfo",
    source: "/proc/slabinfo",
    // A millisecond; less often, five minutes would show too few points to judge a cache by.
    tier: "often",
    collect(sample, { roots, unavailable }) {
      try {
        sample.slab_caches = parseSlabinfo(readText(`${roots.proc}/slabinfo`), sample.host.page_bytes);
      } catch (error) {
        if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
        // The sums SReclaimable and SUnreclaim of /proc/meminfo stand in for the caches.
        sample.slab_caches = null;
        unavailable(
          "/proc/slabinfo",
          "only root may read it; the sums of /proc/meminfo are used",
          "run as root",
        );
      }
    },
  };
}
