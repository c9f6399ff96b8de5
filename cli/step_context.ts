/** What the table of next steps needs to know about a subject, looked up in the sample that the judge is looking at. */

import type { Roots } from "../collectors/collector.ts";
import type { ContainerSample, ProcessSample, Sample } from "../collectors/sample.ts";
import type { Subject } from "../rules/finding.ts";
import { NOTHING_KNOWN, type StepContext } from "../rules/next_steps/mod.ts";

export class StepContexts {
  #sample: Sample | null = null;

  constructor(readonly roots: Roots) {}

  use(sample: Sample): void {
    this.#sample = sample;
  }

  of(subject: Subject): StepContext {
    if (subject.pid !== null) return this.#ofProcess(subject);
    const container = this.#container(subject.container);
    return container ? { ...NOTHING_KNOWN, container } : NOTHING_KNOWN;
  }

  #ofProcess(subject: Subject): StepContext {
    const process = this.#sample?.processes.find((each) => isSame(each, subject));
    if (!process) return NOTHING_KNOWN;
    return {
      runtime: null,
      arenas: false,
      command: process.command,
      descriptor_kinds: process.descriptor_kinds,
      container: this.#container(process.container),
    };
  }

  #container(id: string | null): ContainerSample | null {
    return id === null ? null : this.#sample?.containers.find((container) => container.id === id) ?? null;
  }
}

const isSame = (process: ProcessSample, { pid, start_ticks }: Subject) =>
  process.pid === pid && process.start_ticks === start_ticks;
