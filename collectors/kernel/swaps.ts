import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import { unescapeMount } from "../procfs/mountinfo.ts";
import type { SwapDevice } from "../../model/sample.ts";

/** /proc/swaps: a header and a line per device, sizes in KiB. Throws ParseError on a line that is none. */
export function parseSwaps(text: string): SwapDevice[] {
  const devices: SwapDevice[] = [];
  for (const line of text.split("\n").slice(1)) {
    if (line.trim() === "") continue;
    const match = /^(.+?)\s+(\S+)\s+(\d+)\s+(\d+)\s+(-?\d+)\s*$/.exec(line);
    if (match === null) {
      throw new ParseError("/proc/swaps", `unexpected line ${JSON.stringify(line.slice(0, 80))}`);
    }
    devices.push({
      name: unescapeMount(match[1]!),
      type: match[2]!,
      size_bytes: Number(match[3]) * 1024,
      used_bytes: Number(match[4]) * 1024,
      priority: Number(match[5]),
    });
  }
  return devices;
}

export function swapsCollector(): Collector {
  return {
    name: "swaps",
    source: "/proc/swaps",
    tier: "normal",
    collect(sample, { roots }) {
      sample.swap_devices = parseSwaps(readText(`${roots.proc}/swaps`));
    },
  };
}
