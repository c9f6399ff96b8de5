/** perf-mmap: who maps memory and does not unmap it, by the system calls' tracepoints. */

import type { Method } from "../method.ts";
import { MappingPairer } from "../native/pair_mappings.ts";
import { readRecording, record, recordCommand, scriptCommand } from "../native/perf.ts";
import { ResidentPages } from "../native/resident_pages.ts";
import { requireTracefs } from "../native/tracefs.ts";
import { makeResult } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { namedSites, windowWarning } from "./native_result.ts";
import { offerUnless, whyNoPerf } from "./perf_offer.ts";

/** MAP_ANONYMOUS is 0x20. Stacks only where something may be mapped. */
const EVENTS = [
  ...["-e", "syscalls:sys_enter_mmap", "--filter", "flags & 0x20"],
  ...["-e", "syscalls:sys_exit_mmap/call-graph=no/"],
  ...["-e", "syscalls:sys_enter_munmap/call-graph=no/"],
  ...["-e", "syscalls:sys_enter_mremap", "-e", "syscalls:sys_exit_mremap/call-graph=no/"],
];
/** Mappings are rare, so their stacks may be copied deep. */
const STACK_BYTES = 8192;

export const perfMmap: Method = {
  name: "perf-mmap",
  title: "which stack maps memory and keeps it (large blocks, other allocators' chunks)",
  rank: 30,
  appliesTo: ({ runtime }) => runtime === null,
  describe(target, seconds) {
    const options = recordOptions(seconds, 0);
    return offerUnless(whyNoPerf(target, true), {
      needs: ["perf (package linux-perf)", "root"],
      consent: 0,
      cost: {
        pause: "none",
        slowdown: "not measurable (some microseconds for each mmap)",
        left_behind: "nothing",
      },
      undo: "perf ends with the window",
      commands: [
        `perf ${recordCommand(target, "FILE", options).join(" ")}`,
        `perf ${scriptCommand("FILE").join(" ")}`,
        `read /proc/${target.pid}/pagemap of what is still mapped: what of it is in memory`,
      ],
    });
  },
  async run(target, options) {
    const { was_mounted } = await requireTracefs();
    options.progress("recording mmap and munmap");
    const recording = await record(target, options.directory, {
      ...recordOptions(options.seconds, options.max_bytes),
      signal: options.signal,
    });
    const { growth_bytes, seconds } = recording;
    options.progress("reading the stacks");
    const pairer = new MappingPairer();
    const { lost_events, truncated } = await readRecording(
      target,
      recording,
      (event) => pairer.add(event),
      options.signal,
    );
    Deno.removeSync(recording.file);
    assertSame(target);
    const sites = await namedSites(target, pairer.stacks, residentByStack(target, pairer));
    const warnings = sites.length > 0 ? [windowWarning(seconds)] : [];
    if (truncated || recording.is_full) {
      warnings.push("the recording was cut at its bound: sites may be missing");
    }
    return [makeResult(perfMmap.name, target, {
      seconds,
      growth_bytes,
      growth_source: "rss",
      meaning: "outstanding",
      lost_events,
      sites,
      cost: {
        pause_ms: 0,
        slowdown: null,
        left_behind: was_mounted ? [] : ["tracefs mounted at /sys/kernel/tracing"],
      },
      warnings,
    })];
  },
};

function recordOptions(seconds: number, max_bytes: number) {
  return {
    events: EVENTS,
    stack_bytes: STACK_BYTES,
    seconds,
    max_bytes,
    signal: new AbortController().signal,
  };
}

/** Bytes in memory of what is still mapped, by the stack that mapped it: a mapping alone is only a promise. */
function residentByStack(
  target: Target,
  pairer: MappingPairer,
): { stack: number; live_bytes: number; count: number }[] {
  using pages = new ResidentPages(target);
  const byStack = new Map<number, { stack: number; live_bytes: number; count: number }>();
  for (const { begin, end, stack } of pairer.outstanding()) {
    const live_bytes = pages.count(begin, end);
    if (live_bytes === 0) continue;
    const one = byStack.get(stack) ?? { stack, live_bytes: 0, count: 0 };
    byStack.set(stack, one);
    one.live_bytes += live_bytes;
    one.count++;
  }
  return [...byStack.values()].sort((a, b) => b.live_bytes - a.live_bytes);
}
