/**
 * Watches this machine for a while with the real collectors and the real detector, and prints what they say as JSON. A program of
 * its own so that the same look can be taken here and in a guest with another cgroup version.
 *
 *   deno run -A containers_look.ts SECONDS INTERVAL
 */

import { Sampler } from "../../collectors/mod.ts";
import { readCgroupHierarchy } from "../../collectors/cgroup/cgroup_hierarchy.ts";
import { LIVE_ROOTS } from "../../collectors/roots.ts";
import type {
  ContainerSample,
  EngineSample,
  KernelMemory,
  Unavailable,
  UnitSample,
} from "../../model/sample.ts";
import type { Finding } from "../../model/finding.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import { watch } from "../../cli/sample_loop.ts";

export interface Look {
  version: string;
  containers: ContainerSample[];
  units: UnitSample[];
  engines: EngineSample[];
  kernel: KernelMemory | null;
  findings: Finding[];
  unavailable: Unavailable[];
  /** pid → name, container, unit. */
  processes: { pid: number; name: string; container: string | null; unit: string | null }[];
  samples: number;
}

/** Looks for that long; `during` is called once with each sample's number. */
export async function look(
  seconds: number,
  interval: number,
  during: (sample: number) => void = () => {},
): Promise<Look> {
  const sampler = new Sampler({ interval_seconds: interval, window_seconds: seconds });
  const growth = new LeakDetector();
  await sampler.prepare(10);
  let number = 0;
  const { samples } = await watch({
    source: sampler,
    interval_seconds: interval,
    duration_seconds: seconds,
    signal: new AbortController().signal,
    pipeline: {
      evaluate(sample) {
        growth.observe(sample);
        return { sample, findings: [], alerts: [], changes: [] };
      },
    },
    observers: [{ observe: () => during(number++) }],
  });
  const { sample } = sampler;
  const told: Look = structuredClone({
    version: readCgroupHierarchy(LIVE_ROOTS)?.version ?? "none",
    containers: sample.containers,
    units: sample.units,
    engines: sample.engines,
    kernel: sample.kernel,
    findings: growth.findings(),
    unavailable: sample.unavailable,
    processes: sample.processes.map(({ pid, name, container, unit }) => ({ pid, name, container, unit })),
    samples,
  });
  sampler.close();
  return told;
}

if (import.meta.main) {
  const [seconds = "60", interval = "1"] = Deno.args;
  console.log(JSON.stringify(await look(Number(seconds), Number(interval))));
}
