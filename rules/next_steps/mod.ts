/** The one command or action to type next for a finding: pure, from tables that are easy to extend. */

import type { DescriptorKinds } from "../../model/sample.ts";
import type { Finding } from "../../model/finding.ts";
import { DESCRIPTOR_STEPS, dominatingKind } from "./descriptors.ts";
import { MEMORY_STEPS, type MemoryRuntime, runtimeFromName } from "./memory.ts";
import { type AskedContainer, containerStep } from "./cgroups.ts";
import { SYSTEM_STEPS } from "./system.ts";

export { MEMORY_STEPS, type MemoryRuntime, runtimeFromName } from "./memory.ts";
export { shellQuote } from "./shell_quote.ts";

/** What is known about the subject beside the finding; null or false where nothing is. */
export interface StepContext {
  runtime: MemoryRuntime | null;
  /** Many 64 MiB reservations: malloc arenas of glibc. */
  arenas: boolean;
  command: string | null;
  descriptor_kinds: DescriptorKinds | null;
  container: AskedContainer | null;
}

export const NOTHING_KNOWN: StepContext = {
  runtime: null,
  arenas: false,
  command: null,
  descriptor_kinds: null,
  container: null,
};

/** One line that can be typed into a shell as it stands; a remark stands behind a #. */
export function nextStep(finding: Finding, context: StepContext = NOTHING_KNOWN): string {
  const { kind, subject } = finding;
  if (subject.pid !== null) {
    if (kind === "process-descriptors") {
      return DESCRIPTOR_STEPS[dominatingKind(context.descriptor_kinds)](subject.pid);
    }
    if (kind === "process-threads") {
      return `ps -L -o lwp,stat,wchan:30,comm -p ${subject.pid} | sort -k3 | head -40`;
    }
    if (kind === "process-mappings") {
      return `awk '{print $6}' /proc/${subject.pid}/maps | sort | uniq -c | sort -rn | head`;
    }
    const runtime = context.runtime ?? runtimeFromName(subject.name);
    return MEMORY_STEPS[runtime]({ pid: subject.pid, arenas: context.arenas, command: context.command });
  }
  if (kind === "container-memory") {
    const { container: id, name } = subject;
    return containerStep(context.container ?? { engine: "unknown", id: id ?? "", name, cgroup: "" });
  }
  return SYSTEM_STEPS[kind]?.(finding) ?? "leakwatch analyze --duration 15m";
}
