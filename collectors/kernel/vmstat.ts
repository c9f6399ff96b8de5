import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { VmstatInfo } from "../../model/sample.ts";

/**
 * Counters of /proc/vmstat since boot. Direct reclaim was counted per zone before Linux 4.8 (pgscan_direct_normal …) and
 * in one line since; both are summed. Throws ParseError where not one line is a counter.
 */
export function parseVmstat(text: string, pageBytes: number): VmstatInfo {
  if (!/^\w+ \d+$/m.test(text)) throw new ParseError("/proc/vmstat", "no counters");
  let swapIn = 0;
  let swapOut = 0;
  const info: VmstatInfo = {
    swap_in_bytes: 0,
    swap_out_bytes: 0,
    oom_kills: null,
    direct_reclaim_scanned_pages: null,
    kswapd_scanned_pages: null,
    major_faults: null,
  };
  // Only the lines that are wanted become strings: there are two hundred of them, in every sample.
  for (const [, key, scanner, digits] of text.matchAll(LINES)) {
    const value = Number(digits);
    if (key === "pswpin") swapIn = value;
    else if (key === "pswpout") swapOut = value;
    else if (key === "oom_kill") info.oom_kills = value;
    else if (key === "pgmajfault") info.major_faults = value;
    else if (scanner === "direct") {
      info.direct_reclaim_scanned_pages = (info.direct_reclaim_scanned_pages ?? 0) + value;
    } else info.kswapd_scanned_pages = (info.kswapd_scanned_pages ?? 0) + value;
  }
  info.swap_in_bytes = swapIn * pageBytes;
  info.swap_out_bytes = swapOut * pageBytes;
  return info;
}

const LINES =
  /^(pswpin|pswpout|oom_kill|pgmajfault|pgscan_(direct|kswapd)(?:_(?:dma|dma32|normal|high|movable|device))?) (\d+)$/gm;

export function vmstatCollector(): Collector {
  return {
    name: "vmstat",
    source: "/proc/vmstat",
    tier: "fast",
    collect(sample, { roots }) {
      sample.vmstat = parseVmstat(readText(`${roots.proc}/vmstat`), sample.host.page_bytes);
    },
  };
}
