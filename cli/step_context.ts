/** What the table of next steps needs to know about a subject, looked up in the sample at hand. */

import { memoryRuntimeOf } from "../model/runtime.ts";
import type { Roots } from "../collectors/roots.ts";
import { detectRuntime } from "../collectors/process/runtime.ts";
import type { ContainerSample, ProcessSample, Sample } from "../model/sample.ts";
import { type MappingGroup, readSmaps } from "../collectors/procfs/smaps.ts";
import type { Finding, Subject } from "../model/finding.ts";
import { toolLookup } from "./has_tool.ts";
import { type HasTool, NOTHING_KNOWN, type StepContext } from "../rules/next_steps/mod.ts";

type Made = Pick<StepContext, "runtime" | "arenas">;

const MAX_REMEMBERED = 200;

export class StepContexts {
  #sample: Sample | null = null;
  /** By (pid, start_ticks, exec_count): a program does not change what it is made with. */
  readonly #made = new Map<string, Made>();

  /** Of a recorded or mounted tree: the steps will be typed on another machine. */
  readonly #hasTool: HasTool;

  /** null: a recording, of which only the sample is known. */
  constructor(readonly roots: Roots | null) {
    this.#hasTool = roots?.is_live ? toolLookup() : NOTHING_KNOWN.hasTool;
  }

  use(sample: Sample): void {
    this.#sample = sample;
  }

  of(subject: Subject, kind: Finding["kind"]): StepContext {
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
      descriptor_kinds: process.descriptor_kinds,
    };
  }

  /** Reads maps, and smaps where arenas are a question: once per suspect. */
  #madeWith(process: ProcessSample): Made {
    const { roots } = this;
    if (roots === null) return NOTHING_KNOWN;
    const identity = `${process.pid}:${process.start_ticks}:${process.exec_count}`;
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

  #container(id: string | null): ContainerSample | null {
    return id === null ? null : this.#sample?.containers.find((container) => container.id === id) ?? null;
  }
}

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
