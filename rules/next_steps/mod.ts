/** The one command or action to type next for a finding: pure, from tables that are easy to extend. */

import type { DescriptorKinds } from "../../model/sample.ts";
import type { Finding, NextStep } from "../../model/finding.ts";
import { nextStepLine } from "../../model/next_step.ts";
import { DESCRIPTOR_STEPS, dominatingKind } from "./descriptors.ts";
import { type JavaPart, MEMORY_STEPS, type MemoryRuntime, runtimeFromName } from "./memory.ts";
import { type AskedContainer, containerStep } from "./cgroups.ts";
import { chooseStep, completeStep, type HasTool, look, type Step } from "./step.ts";
import { SYSTEM_STEPS } from "./system.ts";

export { type JavaPart, MEMORY_STEPS, type MemoryRuntime, runtimeFromName } from "./memory.ts";
export { shellQuote } from "./shell_quote.ts";
export { chooseStep, completeStep, type HasTool, type Step } from "./step.ts";

/** What is known about the subject beside the finding; null or false where nothing is. */
export interface StepContext {
  runtime: MemoryRuntime | null;
  /** Many 64 MiB reservations: malloc arenas of glibc. */
  arenas: boolean;
  command: string | null;
  /** Which part of a JVM grows, by its own counters. */
  java_part: JavaPart | null;
  descriptor_kinds: DescriptorKinds | null;
  container: AskedContainer | null;
  /** What is installed where the step will be typed; of a recording nobody knows: then everything. */
  hasTool: HasTool;
}

export const NOTHING_KNOWN: StepContext = {
  runtime: null,
  arenas: false,
  command: null,
  java_part: null,
  descriptor_kinds: null,
  container: null,
  hasTool: () => true,
};

/** What leakwatch itself offers comes first: it knows the runtime, asks before it digs, and undoes what it did. */
const profile = (pid: number): Step =>
  look(`leakwatch profile ${pid}`, "which stack or class grows; asks before it touches the process");

/**
 * What one may type, in the order to try it: of each way the first whose tools are installed. For a process's memory that is
 * `leakwatch profile` and then the runtime's own tool; for all else one step.
 */
export function nextSteps(finding: Finding, context: StepContext = NOTHING_KNOWN): NextStep[] {
  return stepsFor(finding, context).map((step) => completeStep(step, context.hasTool));
}

function stepsFor(finding: Finding, context: StepContext): Step[] {
  const { kind, subject } = finding;
  const { hasTool } = context;
  if (subject.pid !== null) {
    const { pid } = subject;
    if (kind === "process-descriptors") {
      const steps = DESCRIPTOR_STEPS[dominatingKind(context.descriptor_kinds)];
      return [chooseStep(steps(pid, subject.container !== null), hasTool)];
    }
    if (kind === "process-threads") {
      return [look(`ps -L -o lwp,stat,wchan:30,comm -p ${pid} | sort -k3 | head -40`)];
    }
    if (kind === "process-mappings") {
      return [look(`awk '{print $6}' /proc/${pid}/maps | sort | uniq -c | sort -rn | head`)];
    }
    const runtime = context.runtime ?? runtimeFromName(subject.name);
    return [profile(pid), chooseStep(MEMORY_STEPS[runtime]({ ...context, pid }), hasTool)];
  }
  if (kind === "container-memory") {
    const { container: id, name } = subject;
    return [look(containerStep(context.container ?? { engine: "unknown", id: id ?? "", name, cgroup: "" }))];
  }
  return bothKinds(SYSTEM_STEPS[kind]?.(finding) ?? [look("leakwatch analyze --duration 15m")], hasTool);
}

/** What only reads first, then what digs; of each kind the first that is installed. */
const bothKinds = (steps: readonly Step[], hasTool: HasTool): Step[] =>
  (["look", "dig"] as const).map((kind) => steps.filter((step) => step.kind === kind))
    .filter((some) => some.length > 0)
    .map((some) => chooseStep(some, hasTool));

/** The steps as one line that can be typed into a shell as it stands; remarks and the second way stand behind a #. */
export const nextStep = (finding: Finding, context: StepContext = NOTHING_KNOWN): string =>
  nextStepLine(nextSteps(finding, context));
