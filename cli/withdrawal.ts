/** Why a leak of a while ago is none any more. */

import type { Withdrawal } from "../model/evaluation.ts";
import type { Finding } from "../model/finding.ts";
import type { Sample } from "../model/sample.ts";
import { formatRatio } from "../model/format.ts";
import { type LeakDetector, processKey } from "../rules/findings/mod.ts";

const MEASURES = {
  "process-memory": "memory",
  "process-descriptors": "descriptors",
  "process-threads": "threads",
  "process-mappings": "mappings",
} as const;

/** @param now what is found of the same subject now, where it still grows */
export function withdrawal(
  { kind, subject }: Finding,
  now: Finding | undefined,
  { processes }: Sample,
  detector: Pick<LeakDetector, "assessmentOf">,
): Withdrawal {
  const { pid, start_ticks } = subject;
  const process = processes.find((each) => each.pid === pid && each.start_ticks === start_ticks);
  if (pid !== null && !process) return { ended: true, why: "the process ended" };
  if (now) return { ended: false, why: `no longer proven, ${formatRatio(now.probability)} likely a leak` };
  const measure = kind in MEASURES ? MEASURES[kind as keyof typeof MEASURES] : null;
  const key = process && measure
    ? processKey(process.pid, process.start_ticks, process.exec_count, measure)
    : `${kind}/${subject.container ?? subject.cgroup ?? subject.name}`;
  const assessment = detector.assessmentOf(key);
  if (!assessment || assessment.verdict === "insufficient-data") {
    return { ended: false, why: "it is not seen any more" };
  }
  return { ended: false, why: `now ${assessment.verdict}: ${assessment.evidence}` };
}
