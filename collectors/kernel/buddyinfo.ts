import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import { unusableShares } from "../../model/fragmentation.ts";
import type { ZoneFragmentation } from "../../model/sample.ts";

/**
 * Free blocks per order of every zone (/proc/buddyinfo), with the share of the free memory that cannot serve an
 * allocation of an order. Throws ParseError on a line that is none.
 */
export function parseBuddyinfo(text: string, pageBytes: number): ZoneFragmentation[] {
  const zones: ZoneFragmentation[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^Node\s+(\d+),\s+zone\s+(\S+)((?:\s+\d+)+)\s*$/.exec(line);
    if (match === null) {
      throw new ParseError("/proc/buddyinfo", `unexpected line ${JSON.stringify(line.slice(0, 80))}`);
    }
    const free_blocks = match[3]!.trim().split(/\s+/).map(Number);
    const pages = free_blocks.reduce((sum, blocks, order) => sum + blocks * 2 ** order, 0);
    zones.push({
      node: Number(match[1]),
      zone: match[2]!,
      free_bytes: pages * pageBytes,
      free_blocks,
      unusable: unusableShares(free_blocks),
    });
  }
  return zones;
}

export function buddyinfoCollector(): Collector {
  return {
    name: "buddyinfo",
    source: "/proc/buddyinfo",
    tier: "normal",
    collect(sample, { roots }) {
      sample.zones = parseBuddyinfo(readText(`${roots.proc}/buddyinfo`), sample.host.page_bytes);
    },
  };
}
