/** The first line of the page: always true, always current. Pure. */

import type { Composition, Finding, Headline, TimeToLimit } from "./api.ts";
import { subjectTitle } from "../../model/subject.ts";
import { formatBytes, formatRate, formatSpan, plural } from "../../model/format.ts";
import { limitMessage } from "../../model/time_to_limit.ts";
import { isUrgent } from "../../model/urgency.ts";

const WHAT: Partial<Record<Finding["kind"], string>> = {
  "process-descriptors": "descriptors",
  "process-threads": "threads",
  "process-mappings": "mappings",
  "kernel-cgroups": "cgroups",
  "kernel-descriptors": "descriptors",
};

/** What a finding of this kind counts, in the plural. */
export const countedBy = (kind: Finding["kind"]): string => WHAT[kind] ?? "objects";

function limitClause(time: TimeToLimit | null): string {
  if (!time) return "";
  const text = limitMessage(time);
  return ` ${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** What the others do or did. */
function alsoVerb(isLeak: boolean, isLive: boolean, count: number): string {
  if (!isLive) return isLeak ? "leaked" : "grew";
  return (isLeak ? "leak" : "grow") + (count === 1 ? "s" : "");
}

const countOf = ({ kind, unit }: Finding): string => unit === "count" ? countedBy(kind) : "";

const titleOf = (finding: Finding & { title?: string }): string =>
  finding.subject.pid !== null && finding.title
    ? `${finding.title} (${finding.subject.pid})`
    : subjectTitle(finding);

/** Descriptors and memory of one process are one story. */
const isSameProcess = (a: Finding, b: Finding): boolean =>
  a === b || a.subject.pid !== null && a.subject.pid === b.subject.pid &&
    a.subject.start_ticks === b.subject.start_ticks;

export interface HeadlineInput {
  memory: Composition | null;
  /** Those that stand for themselves, the worst first; with their title where they have one. */
  findings: readonly (Finding & { title?: string })[];
  alerts_firing: number;
  /** Seconds watched so far: nothing is judged in the first minutes. */
  watched_seconds: number;
  /** Seconds of watching that a first verdict takes. */
  needed_seconds: number;
  /** Growth of the available memory per hour; null where it is not known. */
  available_per_hour: number | null;
  is_live: boolean;
}

/** Leaks first, then growth, then a lack of memory, then calm; says so when nothing can be read. */
export function headline(input: HeadlineInput): Headline {
  const { memory, findings } = input;
  const be = input.is_live ? ["leaks", "grows", "is"] : ["leaked", "grew", "was"];
  const leaks = findings.filter((finding) => finding.verdict === "leak");
  const urgent = findings.filter((finding) => finding.verdict === "growing" && isUrgent(finding));
  const rising = findings.filter((finding) => finding.verdict === "growing").length;
  const first = leaks[0] ?? urgent[0];
  if (first) {
    const isLeak = first.verdict === "leak";
    const verb = isLeak ? be[0] : be[1];
    const rate = first.rate_per_hour
      ? ` ${formatRate(first.rate_per_hour.mid, first.unit, countOf(first))}`
      : "";
    const sure = `${Math.min(99, Math.round(first.probability * 100))} % ${
      isLeak ? "sure" : "likely a leak"
    }`;
    const others = (isLeak ? leaks : urgent).filter((each) => !isSameProcess(each, first)).length;
    const more = others > 0 ? ` ${others} more ${alsoVerb(isLeak, input.is_live, others)} too.` : "";
    return {
      text: `${titleOf(first)} ${verb}${rate}, ${sure}.${
        input.is_live ? limitClause(first.time_to_limit_seconds) : ""
      }${more}`,
      tone: isLeak ? "leak" : "watch",
    };
  }
  if (!memory) {
    return { text: "Nothing can be read: /proc/meminfo does not answer.", tone: "blind" };
  }
  const available = `${formatBytes(memory.available_bytes)} available`;
  const share = memory.available_bytes / memory.total_bytes;
  if (share < 0.1) {
    return {
      text: `Memory is short: ${available} (${Math.round(share * 100)} %), though nothing ${
        input.is_live ? "grows" : "grew"
      }.`,
      tone: "watch",
    };
  }
  if (input.is_live && input.watched_seconds < input.needed_seconds) {
    return {
      text: `${available}; watching for ${
        formatSpan(Math.max(1, input.watched_seconds))
      }, first verdicts after ${formatSpan(input.needed_seconds)}.`,
      tone: "calm",
    };
  }
  const rate = input.available_per_hour;
  const steady = rate === null || Math.abs(rate) < memory.total_bytes * 0.01
    ? "steady"
    : rate < 0
    ? `falling ${formatBytes(-rate)}/h`
    : `rising ${formatBytes(rate)}/h`;
  const rises = input.is_live
    ? plural(rising, "thing rises", "things rise")
    : plural(rising, "thing rose", "things rose");
  const also = rising === 0 ? "" : `. ${rises}, not proven to leak`;
  const calm = `Nothing ${input.is_live ? "is leaking" : "leaked"}; ${available}, ${steady}${also}`;
  return input.alerts_firing > 0
    ? {
      text: `${calm}. ${plural(input.alerts_firing, "alert fires", "alerts fire")}.`,
      tone: "watch",
    }
    : { text: `${calm}.`, tone: "calm" };
}
