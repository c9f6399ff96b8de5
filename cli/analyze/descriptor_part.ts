import type { DescriptorKinds, ProcessSample, Sample } from "../../model/sample.ts";
import type { DescriptorPart, Zombie } from "./model.ts";
import type { WindowRecorder } from "./window_recorder.ts";

/** Descriptors of the system and of the processes that hold or gain most. */
export function descriptorPart(sample: Sample, recorder: WindowRecorder, top: number): DescriptorPart | null {
  const system = sample.system_descriptors;
  const rows = sample.processes.flatMap((process) => {
    if (process.open_descriptors === null || process.is_kernel_thread) return [];
    const limit = process.descriptor_limit;
    return [{
      pid: process.pid,
      start_ticks: process.start_ticks,
      name: process.name,
      open_descriptors: process.open_descriptors,
      limit,
      used_ratio: limit ? process.open_descriptors / limit : null,
      growth: recorder.growthOf(process, sample.time_seconds)?.open_descriptors ?? null,
      kinds: process.descriptor_kinds && { ...process.descriptor_kinds },
    }];
  });
  if (!system && rows.length === 0) return null;
  const largest = [...rows].sort((a, b) => b.open_descriptors - a.open_descriptors).slice(
    0,
    top || undefined,
  );
  const growing = rows.filter((row) => (row.growth ?? 0) > 0).sort((a, b) => b.growth! - a.growth!);
  const start = recorder.start?.descriptors_allocated ?? null;
  return {
    system: system && {
      ...system,
      used_ratio: system.limit > 0 ? system.allocated / system.limit : 0,
      growth: recorder.samples > 1 && start !== null ? system.allocated - start : null,
    },
    kinds: sumKinds(sample.processes),
    processes: [...new Set([...largest, ...growing.slice(0, top || undefined)])],
  };
}

function sumKinds(processes: readonly ProcessSample[]): DescriptorKinds | null {
  let sum: DescriptorKinds | null = null;
  for (const { descriptor_kinds: kinds } of processes) {
    if (!kinds) continue;
    if (!sum) {
      sum = { ...kinds };
      continue;
    }
    for (const kind of Object.keys(kinds) as (keyof DescriptorKinds)[]) sum[kind] += kinds[kind];
  }
  return sum;
}

/** Processes that have ended and whose parent has not asked for their exit code (wait(2)). */
export function zombiesOf(sample: Sample): Zombie[] {
  const { boot_time_seconds, uptime_seconds } = sample.host;
  const names = new Map(sample.processes.map((process) => [process.pid, process.name]));
  return sample.processes.filter((process) => process.state === "Z").map((process) => ({
    pid: process.pid,
    ppid: process.ppid,
    name: process.name,
    parent_name: names.get(process.ppid) ?? null,
    user: process.user,
    started_at_seconds: process.started_at_seconds,
    age_seconds: Math.max(0, boot_time_seconds + uptime_seconds - process.started_at_seconds),
  }));
}
