/** page-faults: who first touches new memory. A hint: often a healthy neighbour of the one who keeps it. */

import type { Method } from "../method.ts";
import { readRecording, record, recordCommand, scriptCommand } from "../native/perf.ts";
import { StackTable } from "../native/stacks.ts";
import { makeResult } from "../result.ts";
import { assertSame } from "../target.ts";
import { namedSites } from "./native_result.ts";
import { offerUnless, whyNoPerf } from "./perf_offer.ts";

const PAGE_BYTES = 4096;
const EVENTS = ["-e", "page-faults:u", "-c", "1"];
const STACK_BYTES = 8192;

export const pageFaults: Method = {
  name: "page-faults",
  title: "who first touches new memory: a hint, not what keeps it",
  rank: 85,
  appliesTo: () => true,
  describe(target, seconds) {
    const options = {
      events: EVENTS,
      stack_bytes: STACK_BYTES,
      seconds,
      max_bytes: 0,
      signal: new AbortController().signal,
    };
    return offerUnless(whyNoPerf(target, false), {
      needs: ["perf (package linux-perf)", "root or the same user"],
      consent: 0,
      cost: { pause: "none", slowdown: "not measurable", left_behind: "nothing" },
      undo: "perf ends with the window",
      commands: [
        `perf ${recordCommand(target, "FILE", options).join(" ")}`,
        `perf ${scriptCommand("FILE").join(" ")}`,
      ],
    });
  },
  async run(target, options) {
    options.progress("recording page faults");
    const recording = await record(target, options.directory, {
      events: EVENTS,
      stack_bytes: STACK_BYTES,
      seconds: options.seconds,
      max_bytes: options.max_bytes,
      signal: options.signal,
    });
    const { growth_bytes, seconds } = recording;
    options.progress("reading the stacks");
    const stacks = new StackTable();
    const faults = new Map<number, number>();
    const { lost_events } = await readRecording(target, recording, ({ frames }) => {
      const stack = stacks.add(frames);
      faults.set(stack, (faults.get(stack) ?? 0) + 1);
    }, options.signal);
    Deno.removeSync(recording.file);
    assertSame(target);
    const entries = [...faults].map(([stack, count]) => ({ stack, count, live_bytes: count * PAGE_BYTES }))
      .sort((a, b) => b.count - a.count);
    const sites = await namedSites(target, stacks, entries);
    return [makeResult(pageFaults.name, target, {
      seconds,
      growth_bytes,
      growth_source: "rss",
      meaning: "touched",
      lost_events,
      sites,
      cost: { pause_ms: 0, slowdown: null, left_behind: [] },
      warnings: ["a fault may bring more than one page; bytes count 4 KiB for each"],
    })];
  },
};
