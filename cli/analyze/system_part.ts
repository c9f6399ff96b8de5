import type { PressureInfo, Sample } from "../../model/sample.ts";
import { memoryMap } from "../../model/memory_map.ts";
import type { SystemPart } from "./model.ts";
import type { WindowStart } from "./window_recorder.ts";

/** The machine as a whole, with its change since the window's start. */
export function systemPart(sample: Sample, start: WindowStart | null): SystemPart {
  const memory = sample.memory;
  const seconds = start ? sample.time_seconds - start.time_seconds : 0;
  const since = (end: number | null | undefined, begin: number | null | undefined) =>
    seconds > 0 && end != null && begin != null ? Math.max(0, end - begin) : null;
  return {
    memory: memory && { ...memory },
    ...compositionOf(sample, seconds > 0 ? start : null),
    used_ratio: memory ? 1 - memory.available_bytes / memory.total_bytes : null,
    available_change_bytes_per_hour: seconds > 0 && memory && start?.memory
      ? (memory.available_bytes - start.memory.available_bytes) / seconds * 3600
      : null,
    swap_in_bytes: since(sample.vmstat?.swap_in_bytes, start?.vmstat?.swap_in_bytes),
    swap_out_bytes: since(sample.vmstat?.swap_out_bytes, start?.vmstat?.swap_out_bytes),
    oom_kills: since(sample.vmstat?.oom_kills, start?.vmstat?.oom_kills),
    major_faults: since(sample.vmstat?.major_faults, start?.vmstat?.major_faults),
    pressure: structuredClone(sample.pressure),
    memory_stall_some_ratio: stallRatio(sample.pressure, start?.pressure ?? null, "some", seconds),
    memory_stall_full_ratio: stallRatio(sample.pressure, start?.pressure ?? null, "full", seconds),
    swap_devices: structuredClone(sample.swap_devices),
  };
}

/** From the kernel's total, which is exact where the averages are smoothed (Documentation/accounting/psi.rst). */
function stallRatio(
  end: PressureInfo | null,
  begin: PressureInfo | null,
  line: "some" | "full",
  seconds: number,
): number | null {
  const [last, first] = [end?.memory?.[line], begin?.memory?.[line]];
  if (!last || !first || seconds <= 0) return null;
  return Math.min(1, Math.max(0, (last.total_microseconds - first.total_microseconds) / 1e6 / seconds));
}

/** The memory map with each row's change since the window's start. */
function compositionOf(sample: Sample, start: WindowStart | null): Pick<SystemPart, "composition" | "notes"> {
  if (!sample.memory) return { composition: [], notes: [] };
  const { rows, notes } = memoryMap(sample.memory, sample.kernel);
  const before = start?.memory &&
    new Map(memoryMap(start.memory, start.kernel).rows.map((row) => [row.key, row.bytes]));
  return {
    // A row that was empty at the start was left out then.
    composition: rows.map((row) => ({
      ...row,
      growth_bytes: before ? row.bytes - (before.get(row.key) ?? 0) : null,
    })),
    notes,
  };
}
