/** What the table of next steps needs to know about a subject, looked up in the sample at hand. */

import { memoryRuntimeOf } from "../model/runtime.ts";
import type { Roots } from "../collectors/roots.ts";
import { detectRuntime } from "../collectors/process/runtime.ts";
import type { ContainerSample, ProcessSample, Sample } from "../model/sample.ts";
import { type MappingGroup, readSmaps } from "../collectors/procfs/smaps.ts";
import type { Finding, Subject } from "../model/finding.ts";
import { toolLookup } from "./has_tool.ts";
import { LIVE_HEAP } from "../rules/findings/mod.ts";
import { type HasTool, type JavaPart, NOTHING_KNOWN, type StepContext } from "../rules/next_steps/mod.ts";
import { processLeakableBytes } from "../model/leakable.ts";

type Made = Pick<StepContext, "runtime" | "arenas">;

const MAX_REMEMBERED = 200;
/** Less growth of the metaspace than this is classes that are still being loaded. */
const MIN_METASPACE = 4 * 2 ** 20;

export class StepContexts {
  #sample: Sample | null = null;
  /** By (pid, start_ticks, exec_count): a program does not change what it is made with. */
  readonly #made = new Map<string, Made>();
  /** What JVMs held when a step for them was first asked for. */
  readonly #javaParts = new Map<string, { metaspace_bytes: number; memory_bytes: number }>();

  /** Of a recorded or mounted tree: the steps will be typed on another machine. */
  readonly #hasTool: HasTool;

  /** null: a recording, of which only the sample is known. */
  constructor(readonly roots: Roots | null) {
    this.#hasTool = roots?.is_live ? toolLookup() : NOTHING_KNOWN.hasTool;
  }

  use(sample: Sample): void {
    this.#sample = sample;
  }

  /** `evidence`: the finding's, which names what of a JVM grows. */
  of(subject: Subject, kind: Finding["kind"], evidence = ""): StepContext {
    const container = this.#container(subject.container);
    const process = subject.pid === null
      ? null
      : this.#sample?.processes.find((each) => isSame(each, subject));
    const known = { ...NOTHING_KNOWN, container, hasTool: this.#hasTool };
    if (!process) return known;
    return {
      ...known,
      ...(kind === "process-memory" ? this.#madeWith(process) : {}),
      command: process.command,
      java_part: evidence.includes(LIVE_HEAP) ? "heap" : this.#javaPart(process),
      descriptor_kinds: process.descriptor_kinds,
    };
  }

  /** Reads maps, and smaps where arenas are a question: once per suspect. */
  #madeWith(process: ProcessSample): Made {
    const { roots } = this;
    if (roots === null) return NOTHING_KNOWN;
    const identity = identityOf(process);
    const known = this.#made.get(identity);
    if (known) return known;
    const seen = memoryRuntimeOf(detectRuntime(process.pid, roots.proc));
    // Native, or hidden? Of somebody else's process a user sees neither mappings nor executable; then its name has to do.
    const runtime = seen === "native" && process.executable === null ? null : seen;
    const mappings = runtime === "glibc" ? readSmaps(process.pid, roots.proc) : null;
    const made = { runtime, arenas: mappings !== null && looksLikeArenas(mappings) };
    if (this.#made.size >= MAX_REMEMBERED) this.#made.clear();
    this.#made.set(identity, made);
    return made;
  }

  /** What of a JVM has grown since it was first asked for; null where its counters do not tell. */
  #javaPart(process: ProcessSample): JavaPart | null {
    const metaspace_bytes = process.runtime_memory?.metaspace_bytes ?? null;
    if (metaspace_bytes === null) return null;
    const identity = identityOf(process),
      now = { metaspace_bytes, memory_bytes: processLeakableBytes(process) };
    const before = this.#javaParts.get(identity);
    if (!before) {
      if (this.#javaParts.size >= MAX_REMEMBERED) this.#javaParts.clear();
      this.#javaParts.set(identity, now);
      return null;
    }
    const grown = metaspace_bytes - before.metaspace_bytes;
    return grown >= MIN_METASPACE && grown > (now.memory_bytes - before.memory_bytes) / 2
      ? "metaspace"
      : null;
  }

  #container(id: string | null): ContainerSample | null {
    return id === null ? null : this.#sample?.containers.find((container) => container.id === id) ?? null;
  }
}

const identityOf = ({ pid, start_ticks, exec_count }: ProcessSample) => `${pid}:${start_ticks}:${exec_count}`;

const isSame = (process: ProcessSample, { pid, start_ticks }: Subject) =>
  process.pid === pid && process.start_ticks === start_ticks;

/** More private memory in malloc's further arenas than anywhere else: fragmentation before it is a leak. */
function looksLikeArenas(groups: readonly MappingGroup[]): boolean {
  const privateOf = (isArena: boolean) =>
    groups.filter((group) => (group.kind === "arena") === isArena).reduce(
      (sum, group) => sum + group.private_bytes,
      0,
    );
  return privateOf(true) > privateOf(false);
}
