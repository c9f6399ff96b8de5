/** A finding in one sentence: who, how fast, how sure, until when. The same words in the report, the summary and the boot log. */

import { containerTitle } from "../../../model/container_title.ts";
import type { Finding } from "../../../model/finding.ts";
import { formatBytes, formatRange, formatRate } from "../../../model/format.ts";
import { programTitle } from "../../../model/program_title.ts";
import type { ContainerSample, ProcessSample } from "../../../model/sample.ts";
import { limitMessage } from "../../../model/time_to_limit.ts";

/** Whom the ids in findings belong to. */
export type Known = readonly Pick<ContainerSample, "id" | "name" | "pod">[];

/** "java shop.jar (812, app.service) grows 96 MiB/h, 97 % sure. Memory full in about 3 h 30 min." */
export function findingMessage(finding: Finding, known: Known = [], command: string | null = null): string {
  const sure = finding.verdict === "leak"
    ? `${percentSure(finding.probability)} sure`
    : `${percentSure(finding.probability)} likely a leak`;
  const sentence = `${subjectMessage(finding, known, command)} ${rateMessage(finding)}, ${sure}.`;
  const limit = finding.time_to_limit_seconds;
  return limit ? `${sentence} ${capitalized(limitMessage(limit))}.` : sentence;
}

/** "java (812) +96 MiB/h", for lists. */
export function findingBrief(finding: Finding, command: string | null = null): string {
  const { rate_per_hour: rate, unit } = finding;
  const pace = rate === null ? "" : ` +${formatRate(rate.mid, unit, countedBy(finding))}`;
  return `${subjectMessage(finding, [], command, false)}${pace}`;
}

/** Nothing is certain: 99 % at most. */
export const percentSure = (probability: number): string =>
  `${Math.min(99, Math.round(probability * 100))} %`;

/** The rate's 90 % interval, as evidence: "rate 88 to 104 MiB/h". */
export function intervalMessage({ rate_per_hour: rate, unit }: Finding): string {
  return rate === null || unit !== "bytes" || formatBytes(rate.low) === formatBytes(rate.high)
    ? ""
    : `rate ${formatRange(Math.max(0, rate.low), rate.high)}/h`;
}

export const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const KINDS: Partial<Record<Finding["kind"], string>> = {
  "container-memory": "container ",
  "unit-memory": "unit ",
  "kernel-slab": "slab cache ",
  "kernel-memory": "kernel memory ",
  "shared-memory": "shared memory ",
  "tmpfs": "tmpfs ",
};

/** "sockets", "network namespaces": counted, not measured. */
export const isCountOfKernel = ({ kind, unit }: Pick<Finding, "kind" | "unit">) =>
  kind === "kernel-memory" && unit === "count";

export function subjectMessage(
  { subject, kind, unit, count }: Finding,
  known: Known = [],
  command: string | null = null,
  where = true,
): string {
  if (kind === "system-memory" && subject.name === "memory-used") return "memory in use";
  if (kind === "kernel-descriptors" || isCountOfKernel({ kind, unit })) return "the machine";
  const within = [
    subject.pid === null ? null : count > 1 ? `the fastest is ${subject.pid}` : String(subject.pid),
    !where || subject.unit === subject.name ? null : subject.unit,
    !where || subject.container === null || kind === "container-memory"
      ? null
      : `container ${titleOf(subject.container, known)}`,
  ].filter(Boolean).join(", ");
  const program = subject.pid === null ? subject.name : programTitle(subject.name, command);
  const name = `${count > 1 ? `${count} × ` : KINDS[kind] ?? ""}${program}`;
  return within ? `${name} (${within})` : name;
}

const titleOf = (id: string, known: Known) =>
  containerTitle(known.find((container) => container.id === id) ?? { id, name: null, pod: null });

function rateMessage(finding: Finding): string {
  const { kind, rate_per_hour: rate, unit, count } = finding;
  if (!rate) return count > 1 ? "grow" : "grows";
  const [verb] = unit === "count" ? COUNTED[kind] ?? ["gains"] : ["grows"];
  const together = count > 1 ? " together" : "";
  return `${count > 1 ? PLURAL[verb] ?? verb : verb}${together} ${
    formatRate(rate.mid, unit, countedBy(finding))
  }`;
}

/** What a finding counts, in the plural; "" for bytes. */
function countedBy({ kind, unit, subject }: Finding): string {
  if (unit !== "count") return "";
  return COUNTED[kind]?.[1] ?? (isCountOfKernel({ kind, unit }) ? subject.name : "objects");
}

const COUNTED: Partial<Record<Finding["kind"], [string, string]>> = {
  "process-descriptors": ["opens", "descriptors"],
  "kernel-descriptors": ["opens", "files"],
  "process-threads": ["starts", "threads"],
  "process-mappings": ["adds", "mappings"],
  "kernel-cgroups": ["leaves behind", "cgroups"],
};
const PLURAL: Readonly<Record<string, string>> = {
  grows: "grow",
  gains: "gain",
  opens: "open",
  starts: "start",
  adds: "add",
};

/** The arguments of the process that a finding is about, where they tell more than its name. */
export function commandOf({ subject }: Finding, processes: readonly ProcessSample[]): string | null {
  if (subject.pid === null) return null;
  const process = processes.find(({ pid, start_ticks }) =>
    pid === subject.pid && start_ticks === subject.start_ticks
  );
  const command = process?.command?.trim();
  return command && command !== subject.name ? command : null;
}
