/** What a JVM holds outside its heap, by its own account: native memory by purpose, and metaspace by class loader. */

import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import { runDiagnosticCommand } from "../jvm/attach.ts";
import { type ClassLoaders, parseClassLoaders } from "../jvm/class_loaders.ts";
import { type NativeMemory, parseNativeMemory, tracksNativeMemory } from "../jvm/native_memory.ts";
import { type Method, type RunOptions, unavailable } from "../method.ts";
import { makeResult, type ProfileSite, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { ATTACH_SOCKET, attachCommands, attachOffer } from "./jvm_histogram.ts";

const NATIVE_COMMAND = "VM.native_memory summary scale=B";
const LOADERS_COMMAND = "VM.classloader_stats";
const COST = { pause_ms: null, slowdown: null, left_behind: [ATTACH_SOCKET] };

export const jvmNativeMemory: Method = {
  name: "jvm-native-memory",
  title: "which part of the JVM outside the heap grows: threads, classes, direct buffers, collector",
  rank: 40,
  layer: "outside",
  appliesTo: ({ runtime }) => runtime === "jvm",
  describe(target) {
    const offer = attachOffer(target, offerOf(target, NATIVE_COMMAND));
    offer.needs.push("a JVM started with -XX:NativeMemoryTracking=summary");
    return !offer.available || isTracked(target) ? offer : unavailable(
      offer,
      "started without -XX:NativeMemoryTracking=summary, which cannot be turned on later",
    );
  },
  async run(target, options) {
    const read = async (): Promise<NativeMemory> => {
      const memory = parseNativeMemory(await runDiagnosticCommand(target, NATIVE_COMMAND));
      if (memory === null) throw new ProfileError(`JVM ${target.pid} does not track its native memory`);
      return memory;
    };
    const growth = measureGrowth(target);
    const { before, after, seconds } = await readTwice(read, target, options);
    const { growth_bytes } = growth();
    const sites = [...after].map(([purpose, bytes]) =>
      siteOf(`${purpose} (committed by the JVM)`, bytes - (before.get(purpose) ?? 0), null)
    );
    const grown = rankSites(sites.filter(({ live_bytes }) => live_bytes! > 0));
    return [makeResult(jvmNativeMemory.name, target, {
      seconds,
      meaning: "resident-growth",
      cost: COST,
      growth_bytes,
      growth_source: "rss",
      sites: grown,
      warnings: ["committed is what the JVM asked for; it may not have touched all of it"],
    })];
  },
};

export const jvmClassLoaders: Method = {
  name: "jvm-class-loaders",
  title: "which class loaders multiply (metaspace)",
  rank: 41,
  layer: "outside",
  appliesTo: ({ runtime }) => runtime === "jvm",
  describe: (target) => attachOffer(target, offerOf(target, LOADERS_COMMAND)),
  async run(target, options) {
    const read = async (): Promise<ClassLoaders> => {
      const loaders = parseClassLoaders(await runDiagnosticCommand(target, LOADERS_COMMAND));
      if (loaders === null) throw new ProfileError(`JVM ${target.pid} gave no table of class loaders`);
      return loaders;
    };
    const { before, after, seconds } = await readTwice(read, target, options);
    const sites = [...after.loaders].map(([type, { count, bytes }]) => {
      const old = before.loaders.get(type);
      return siteOf(`class loader ${type}`, bytes! - (old?.bytes ?? 0), count - (old?.count ?? 0));
    });
    return [makeResult(jvmClassLoaders.name, target, {
      seconds,
      meaning: "resident-growth",
      cost: COST,
      growth_bytes: after.total_bytes - before.total_bytes,
      growth_source: "outstanding",
      coverage: null,
      sites: rankSites(sites.filter(({ live_bytes, count }) => live_bytes! > 0 || count! > 0)),
      warnings: [`${after.classes - before.classes} more classes than before, ${after.classes} in all`],
    })];
  },
};

function offerOf(target: Target, command: string) {
  return {
    cost: { pause: "some ms at a safepoint, twice", slowdown: "none", left_behind: ATTACH_SOCKET },
    undo: "nothing to undo: the file that asks for the socket is removed at once",
    commands: [
      ...attachCommands(target),
      `over the socket: jcmd ${command}`,
      "wait",
      `over the socket: jcmd ${command}`,
    ],
  };
}

function isTracked({ pid, proc }: Target): boolean {
  try {
    const read = (name: string) => Deno.readTextFileSync(`${proc}/${pid}/${name}`);
    return tracksNativeMemory(read("cmdline"), read("environ"));
  } catch {
    return false;
  }
}

async function readTwice<T>(read: () => Promise<T>, target: Target, options: RunOptions) {
  options.progress("first reading");
  const before = await read();
  const seconds = await waitWindow(options.seconds, options.signal);
  options.progress("second reading");
  const after = await read();
  assertSame(target);
  return { before, after, seconds };
}

function siteOf(type: string, live_bytes: number, count: number | null): Omit<ProfileSite, "share"> {
  return { stack: [], type, live_bytes, count, held_by: null };
}
