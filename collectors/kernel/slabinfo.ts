import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import { isReclaimableSlab } from "../../model/reclaimable_slab.ts";
import { SlabMarks } from "./slab_marks.ts";
import type { SlabCache } from "../../model/sample.ts";

/**
 * Caches of /proc/slabinfo, version 2 (mm/slab_common.c); the size is whole slabs, as the kernel took them. SLUB merges
 * caches of like objects, so a name may stand for several; several of one name are added up. Throws ParseError where the header or a line is another.
 */
export function parseSlabinfo(text: string, pageBytes: number): SlabCache[] {
  const lines = text.split("\n");
  if (!lines[0]?.startsWith("slabinfo - version: 2.")) {
    throw new ParseError("/proc/slabinfo", "not version 2");
  }
  // Modules (and SLUB without merging) give one name to several caches; as one series they would alternate.
  const caches = new Map<string, SlabCache>();
  for (const line of lines.slice(1)) {
    if (line.startsWith("#") || line.trim() === "") continue;
    // Read from the numbers, not from the blanks: modules have given caches names with blanks in them.
    const match = LINE.exec(line);
    if (match === null) {
      throw new ParseError("/proc/slabinfo", `unexpected line ${JSON.stringify(line.slice(0, 80))}`);
    }
    const [active_objects, objects, object_bytes, , pagesPerSlab, slabs] = match.slice(2).map(Number);
    const name = match[1]!, known = caches.get(name);
    caches.set(name, {
      name,
      active_objects: (known?.active_objects ?? 0) + active_objects!,
      objects: (known?.objects ?? 0) + objects!,
      object_bytes: Math.max(known?.object_bytes ?? 0, object_bytes!),
      size_bytes: (known?.size_bytes ?? 0) + slabs! * pagesPerSlab! * pageBytes,
    });
  }
  return [...caches.values()];
}

const LINE =
  /^(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+:\s+tunables\s.*:\s+slabdata\s+\d+\s+(\d+)\s+\d+/;

/** Smaller caches are nobody's concern: their marks are not read. */
const MIN_MARKED_BYTES = 8 * 2 ** 20;

export function slabinfoCollector(): Collector {
  let marks: SlabMarks | null = null;
  return {
    name: "slabinfo",
    source: "/proc/slabinfo",
    // A millisecond; less often, five minutes would show too few points to judge a cache by.
    tier: "normal",
    collect(sample, { roots, unavailable }) {
      try {
        sample.slab_caches = parseSlabinfo(readText(`${roots.proc}/slabinfo`), sample.host.page_bytes);
        marks ??= new SlabMarks(roots.sys);
        for (const cache of sample.slab_caches) {
          if (cache.size_bytes < MIN_MARKED_BYTES || isReclaimableSlab(cache.name)) continue;
          if (marks.isReclaimAccounted(cache.name)) cache.is_reclaimable = true;
        }
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
