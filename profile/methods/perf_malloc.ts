/** perf-malloc: what is allocated in the window and not freed in it, by uprobes on the allocator's functions. */

import { ProfileError } from "../errors.ts";
import { assertUntraced } from "../guards/tracer.ts";
import type { Method, RunOptions } from "../method.ts";
import { type Allocator, findAllocator } from "../native/allocator.ts";
import { frameAt, readFileMappings } from "../native/maps.ts";
import { AllocationPairer } from "../native/pair_allocations.ts";
import {
  countEvents,
  readRecording,
  record,
  recordCommand,
  scriptCommand,
  statCommand,
} from "../native/perf.ts";
import { addProbes, type Probe, probesFor, requireTracefs } from "../native/tracefs.ts";
import { makeResult } from "../result.ts";
import { RUN_ID } from "../run_id.ts";
import { assertSame, type Target } from "../target.ts";
import { namedSites, windowWarning } from "./native_result.ts";
import { offerUnless, whyNoPerf } from "./perf_offer.ts";
import { windowForRate } from "./perf_malloc_window.ts";

const ARCHITECTURES = ["x86_64", "aarch64"];
const GROUP = `leakwatch_${Deno.pid}_${RUN_ID}`;
const RATE_SECONDS = 1;

export const perfMalloc: Method = {
  name: "perf-malloc",
  title: "which stack allocates and does not free (malloc, calloc, realloc, operator new)",
  rank: 45,
  layer: "outside",
  // Of a program with a runtime: what its native libraries and extensions allocate.
  appliesTo: () => true,
  describe(target, seconds) {
    const allocator = findAllocator(target);
    const probes = allocator === null ? [] : probesFor(allocator, GROUP);
    const record = { events: recordEvents(probes), stack_bytes: 4096, seconds, max_bytes: 0 };
    return offerUnless(whyNot(target, allocator), {
      needs: ["perf (package linux-perf)", "root", "a kernel with uprobes"],
      consent: 1,
      cost: {
        pause: "none",
        slowdown: "about 24 µs for each malloc and free together: 1,000 a second cost 2 % of a CPU. " +
          "The rate is counted first; above 20,000 a second it is refused",
        left_behind: "nothing",
      },
      undo: "the probes, named after this run, are removed; perf ends with the window",
      commands: [
        ...probes.map(({ definition }) => `echo '${definition}' >> /sys/kernel/tracing/uprobe_events`),
        `perf ${statCommand(target, rateEvents(probes), RATE_SECONDS).join(" ")}`,
        `perf ${
          recordCommand(target, "FILE", { ...record, signal: new AbortController().signal }).join(" ")
        }`,
        `perf ${scriptCommand("FILE").join(" ")}`,
        ...probes.map(({ event }) => `echo '-:${GROUP}/${event}' >> /sys/kernel/tracing/uprobe_events`),
      ],
    });
  },
  async run(target, options) {
    const allocator = findAllocator(target);
    const reason = whyNot(target, allocator);
    if (allocator === null || reason !== null) throw new ProfileError(reason ?? "no allocator was found");
    const tracefs = await requireTracefs();
    const undo = await options.undo.register({ kind: "remove-probes", group: GROUP });
    try {
      assertSame(target);
      assertUntraced(target);
      const probes = probesFor(allocator, GROUP);
      addProbes(tracefs.path, probes);
      return [await recordAllocations(target, allocator, probes, tracefs.was_mounted, options)];
    } finally {
      await options.undo.perform(undo);
    }
  },
};

async function recordAllocations(
  target: Target,
  allocator: Allocator,
  probes: readonly Probe[],
  was_mounted: boolean,
  options: RunOptions,
) {
  options.progress("counting allocations");
  const rate = await countEvents(target, rateEvents(probes), RATE_SECONDS, options.signal) / RATE_SECONDS;
  const window = windowForRate(rate, options.seconds, options.max_bytes);
  if (window === null) {
    throw new ProfileError(
      `${
        Math.round(rate).toLocaleString("en-US")
      } allocations a second are too many to record without slowing the process down; ` +
        "profile when it has less to do",
    );
  }
  options.progress(
    `recording ${allocator.name}, ${Math.round(rate).toLocaleString("en-US")} allocations a second`,
  );
  const recording = await record(target, options.directory, {
    events: recordEvents(probes),
    ...window,
    max_bytes: options.max_bytes,
    signal: options.signal,
  });
  const { growth_bytes, seconds } = recording;
  options.progress("reading the stacks");
  const mappings = readFileMappings(target);
  const pairer = new AllocationPairer((address) => frameAt(mappings, address));
  const read = await readRecording(target, recording, (event) => pairer.add(event), options.signal);
  Deno.removeSync(recording.file);
  assertSame(target);
  const sites = await namedSites(target, pairer.stacks, pairer.outstanding());
  const warnings = [windowWarning(seconds)];
  if (window.seconds < options.seconds) {
    warnings.push(
      `the window was shortened to ${window.seconds} s for ${Math.round(rate)} allocations a second`,
    );
  }
  if (read.lost_events > 0) warnings.push("frees among the lost events make healthy blocks look outstanding");
  if (read.truncated || recording.is_full) {
    warnings.push("the recording was cut at its bound: sites may be missing");
  }
  if (pairer.uncounted > 0) warnings.push(`${pairer.uncounted} more blocks were not counted`);
  return makeResult(perfMalloc.name, target, {
    seconds,
    growth_bytes,
    growth_source: "rss",
    meaning: "outstanding",
    lost_events: read.lost_events,
    sites,
    cost: {
      pause_ms: 0,
      slowdown: slowdown(rate, pairer.allocations / seconds),
      left_behind: was_mounted ? [] : ["tracefs mounted at /sys/kernel/tracing"],
    },
    warnings,
  });
}

/** How many times fewer allocations were made while recording; below a fifth it is the program's own to and fro. */
function slowdown(before: number, during: number): number | null {
  return during > 0 && before / during >= 1.2 ? before / during : null;
}

const rateEvents = (probes: readonly Probe[]) =>
  probes.filter(({ event }) => !event.startsWith("free") && !event.endsWith("_ret")).map(({ event }) =>
    `${GROUP}:${event}`
  );

/** Stacks only where something is allocated: they are what costs. */
const recordEvents = (probes: readonly Probe[]) =>
  probes.flatMap(({ event }) => [
    "-e",
    `${GROUP}:${event}${event.startsWith("free") || event.endsWith("_ret") ? "/call-graph=no/" : ""}`,
  ]);

function whyNot(target: Target, allocator: Allocator | null): string | null {
  const reason = whyNoPerf(target, true);
  if (reason !== null) return reason;
  if (Deno.uid() !== 0) return "probes need root; run leakwatch as root";
  if (!ARCHITECTURES.includes(Deno.build.arch)) {
    return `the calling convention of ${Deno.build.arch} is not supported`;
  }
  if (allocator === null) {
    return "none of its files has malloc and free as symbols (a static stripped program, or its own allocator)";
  }
  return null;
}
