import assert from "node:assert/strict";
import { StepContexts } from "../../cli/step_context.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { RuntimeMemory } from "../../model/sample.ts";
import { LIVE_HEAP } from "../../rules/findings/mod.ts";
import { aProcess, MiB } from "../rules/findings/machine.ts";

const memory = (metaspace_bytes: number) => ({ metaspace_bytes }) as RuntimeMemory;

Deno.test("what of a JVM grows: its live heap by the finding, its metaspace by its counters, else nobody knows", () => {
  const process = aProcess(7, { anon_bytes: 100 * MiB, runtime_memory: memory(20 * MiB) });
  const contexts = new StepContexts(null);
  contexts.use({ ...emptySample(), processes: [process] });
  const subject = { pid: 7, start_ticks: process.start_ticks, name: "java", unit: null, container: null };
  const part = (evidence = "its memory rose") => contexts.of(subject, "process-memory", evidence).java_part;
  assert.equal(part(`the floor of ${LIVE_HEAP} rose`), "heap");
  assert.equal(part(), null);
  process.anon_bytes = 130 * MiB;
  assert.equal(part(), null);
  process.runtime_memory = memory(45 * MiB);
  assert.equal(part(), "metaspace");
});
