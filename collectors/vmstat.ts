import type { Collector } from "./collector.ts";
import { ParseError, readText } from "./read.ts";
import type { VmstatInfo } from "./sample.ts";

/**
 * Counters of /proc/vmstat since boot. Direct reclaim was counted per zone before Linux 4.8 (pgscan_direct_normal …) and
 * in one line since; both are summed. Throws ParseError where not one line is a counter.
 */
export function parseVmstat(text: string, pageBytes: number): VmstatInfo {
  const counters = new Map<string, number>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    const value = Number(line.slice(space + 1));
    if (space > 0 && Number.isFinite(value)) counters.set(line.slice(0, space), value);
  }
  if (counters.size === 0) throw new ParseError("/proc/vmstat", "no counters");
  const may = (key: string): number | null => counters.get(key) ?? null;
  const perZone = (key: string): number | null => {
    let sum: number | null = null;
    for (const [name, value] of counters) {
      if (name === key || (name.startsWith(`${key}_`) && ZONE.test(name))) sum = (sum ?? 0) + value;
    }
    return sum;
  };
  return {
    swap_in_bytes: (may("pswpin") ?? 0) * pageBytes,
    swap_out_bytes: (may("pswpout") ?? 0) * pageBytes,
    oom_kills: may("oom_kill"),
    direct_reclaim_scanned_pages: perZone("pgscan_direct"),
    kswapd_scanned_pages: perZone("pgscan_kswapd"),
    major_faults: may("pgmajfault"),
  };
}

const ZONE = /_(dma|dma32|normal|high|movable|device)$/;

export function vmstatCollector(): Collector {
  return {
    name: "vmstat",
    source: "/proc/vmstat",
    tier: "always",
    collect(sample, { roots }) {
      sample.vmstat = parseVmstat(readText(`${roots.proc}/vmstat`), sample.host.page_bytes);
    },
  };
}
