/** leakwatch's own process, for the standard metrics that every Prometheus client exports. */

import { DescriptorCounter } from "../../collectors/process/descriptor_count.ts";
import { readLimits } from "../../collectors/procfs/limits.ts";
import type { OwnProcess } from "../../ui/server/ports.ts";

/** Its own /proc, not the tree that it watches: leakwatch runs here. */
const OWN = "/proc/self";
const counter = new DescriptorCounter("/proc");

export function readOwnProcess(): OwnProcess {
  return {
    open_descriptors: counter.count(OWN),
    // Read each time: the page's server raises it.
    descriptor_limit: readLimits("self")?.open_files?.soft ?? null,
    start_time_seconds: performance.timeOrigin / 1000,
  };
}
