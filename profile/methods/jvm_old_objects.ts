/** Flight Recorder's old objects between two class histograms: the class that grows, the line that makes it, who holds it. */

import { ProfileError } from "../errors.ts";
import { waitWindow } from "../growth.ts";
import { beginHeapGrowth, type HeapGrowth, heapWarnings } from "../jvm/heap_growth.ts";
import { explainClass, type OldObject, parseOldObjects } from "../jvm/old_objects.ts";
import {
  dumpCommand,
  dumpRecording,
  recordingUndo,
  startCommand,
  startRecording,
  stopCommand,
} from "../jvm/recording.ts";
import type { Method, RunOptions } from "../method.ts";
import { unavailable } from "../method.ts";
import { makeResult, type ProfileSite } from "../result.ts";
import { findTool } from "../find_tool.ts";
import { RUN_ID } from "../run_id.ts";
import { runTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { sitesOfGrowth } from "../type_growth.ts";
import { ATTACH_SOCKET, attachCommands, attachOffer } from "./jvm_histogram.ts";

const PRINT_SECONDS = 60;
const LEFT_BEHIND = [ATTACH_SOCKET, "Flight Recorder's threads and classes, idle, until the JVM ends"];

export const jvmOldObjects: Method = {
  name: "jvm-old-objects",
  title: "which class grows, the line that allocates it and what holds it (Flight Recorder)",
  rank: 10,
  appliesTo: ({ runtime }) => runtime === "jvm",
  describe(target, seconds) {
    const offer = attachOffer(target, {
      cost: {
        pause:
          "two full collections of the heap and a search for references: 0.5 s for 200 MiB, seconds for GiB",
        slowdown: "not measurable: one event alone is recorded",
        left_behind: LEFT_BEHIND.join("; "),
      },
      undo: "stops the recording, removes its file",
      commands: [
        ...attachCommands(target),
        `over the socket: jcmd ${startCommand(NAME)}`,
        "over the socket: jcmd GC.class_histogram",
        `wait ${seconds} s`,
        "over the socket: jcmd GC.class_histogram",
        `over the socket: jcmd ${dumpCommand(NAME)}`,
        `over the socket: jcmd ${stopCommand(NAME)}`,
        `jfr print --json --events OldObjectSample ${NAME}.jfr`,
      ],
    });
    offer.needs.push("Java 17 or newer", "jfr (of a JDK, here, not in the target)");
    return offer.available && findTool("jfr") === null
      ? unavailable(
        offer,
        "needs jfr, a part of any JDK (package openjdk-17-jdk-headless); jvm-histogram does not",
      )
      : offer;
  },
  async run(target, options) {
    const { growth, recording } = await recordOldObjects(target, options);
    assertSame(target);
    const samples = await printRecording(recording, options);
    const sites = explainSites(growth, samples);
    return [makeResult(jvmOldObjects.name, target, {
      seconds: growth.seconds,
      growth_bytes: growth.growth_bytes,
      growth_source: "heap",
      meaning: "instance-growth",
      sites,
      cost: { pause_ms: growth.pause_ms, slowdown: null, left_behind: LEFT_BEHIND },
      warnings: [...heapWarnings(growth), ...sampleWarnings(growth, samples)],
    })];
  },
};

const NAME = `leakwatch-profile-${RUN_ID}`;

/**
 * The recording goes round the histograms: what Flight Recorder allocates when it starts is no growth, and the second
 * full collection drops the samples that are dead.
 */
async function recordOldObjects(
  target: Target,
  options: RunOptions,
): Promise<{ growth: HeapGrowth; recording: Uint8Array }> {
  const undo = await options.undo.register(recordingUndo(target, NAME));
  try {
    options.progress("starting Flight Recorder");
    await startRecording(target, NAME);
    options.progress("first class histogram (a full collection)");
    const end = await beginHeapGrowth(target);
    await waitWindow(options.seconds, options.signal);
    options.progress("second class histogram (a full collection)");
    const growth = await end();
    options.progress("following references");
    return { growth, recording: await dumpRecording(target, NAME) };
  } finally {
    await options.undo.perform(undo);
  }
}

async function printRecording(recording: Uint8Array, options: RunOptions): Promise<OldObject[]> {
  const file = `${options.directory}/${NAME}.jfr`;
  Deno.writeFileSync(file, recording, { createNew: true, mode: 0o600 });
  const args = ["print", "--json", "--stack-depth", "32", "--events", "OldObjectSample", file];
  const { code, stdout, truncated, timed_out } = await runTool("jfr", args, {
    seconds: PRINT_SECONDS,
    // The recording is the target's word: no more memory than a proper one needs.
    env: { JAVA_TOOL_OPTIONS: "-Xmx512m" },
  });
  if (truncated || timed_out || code !== 0) throw new ProfileError("jfr could not print the recording");
  try {
    return parseOldObjects(new TextDecoder().decode(stdout));
  } catch {
    throw new ProfileError("jfr did not print JSON");
  }
}

/** The classes that grew, each with the stack and the holder that the samples of it tell. */
function explainSites({ types }: HeapGrowth, samples: readonly OldObject[]): ProfileSite[] {
  return sitesOfGrowth(types).map((site, at) => {
    const found = explainClass(samples, types[at]!.type);
    return found === null ? site : { ...site, stack: found.stack, held_by: found.held_by };
  });
}

function sampleWarnings({ types }: HeapGrowth, samples: readonly OldObject[]): string[] {
  const first = types[0];
  if (first === undefined) return [];
  const found = explainClass(samples, first.type);
  return [
    found === null
      ? `none of ${samples.length} sampled objects that are still referenced belongs to ${first.type}: ` +
        "its line needs a longer window, such as --for 2m"
      : `stack and holder of ${first.type} are those most common in ${found.samples} samples`,
  ];
}
