/** The first line of the page: always true, always current. Pure. */

import type { Composition, Finding, Sentence, TimeToLimit, Unit } from "./api.ts";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1.9 GiB`; three figures, binary. */
export function humanBytes(bytes: number): string {
  let value = Math.abs(bytes), unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) value /= 1024, unit++;
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${bytes < 0 ? "−" : ""}${value.toFixed(digits)} ${SIZES[unit]}`;
}

/** `3 h 20 min`; two units at most. */
export function humanSpan(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    // Tens of minutes are as exact as a forecast of hours can be.
    const rest = Math.round((minutes % 60) / 10) * 10;
    return rest === 60 ? `${hours + 1} h` : rest ? `${hours} h ${rest} min` : `${hours} h`;
  }
  return `${Math.round(hours / 24)} days`;
}

/** `96 MiB/h`, `840 descriptors/h`. */
export function humanRate(perHour: number, unit: Unit, what: string): string {
  if (unit === "bytes") return `${humanBytes(perHour)}/h`;
  const value = Math.abs(perHour) >= 10 ? Math.round(perHour).toString() : perHour.toFixed(1);
  return unit === "percent" ? `${value} points/h` : `${value} ${what}/h`;
}

const WHAT: Partial<Record<Finding["kind"], string>> = {
  "process-descriptors": "descriptors",
  "process-threads": "threads",
  "process-mappings": "mappings",
  "kernel-cgroups": "cgroups",
  "kernel-descriptors": "descriptors",
};

/** What a finding of this kind counts, in the plural. */
export const countedBy = (kind: Finding["kind"]): string => WHAT[kind] ?? "objects";

/** `java (812)`, `container web`, `dentry`. */
export function subjectName(finding: Pick<Finding, "kind" | "subject">): string {
  const { subject, kind } = finding;
  if (subject.pid !== null) return `${subject.name} (${subject.pid})`;
  if (kind === "container-memory") return `container ${subject.name}`;
  if (kind === "kernel-slab") return `slab cache ${subject.name}`;
  return subject.name;
}

function limitClause(time: TimeToLimit | null): string {
  if (!time) return "";
  const span = time.high === null
    ? `in ${humanSpan(time.low)} at the earliest`
    : `in about ${humanSpan((time.low + time.high) / 2)}`;
  const limit = time.limit === "MemAvailable" ? "Memory is full" : `${time.limit} is reached`;
  return ` ${limit} ${span}.`;
}

/** What the others do or did. */
function alsoVerb(isLeak: boolean, isLive: boolean, count: number): string {
  if (!isLive) return isLeak ? "leaked" : "grew";
  return (isLeak ? "leak" : "grow") + (count === 1 ? "s" : "");
}

export interface SentenceInput {
  memory: Composition | null;
  findings: readonly Finding[];
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
export function sentence(input: SentenceInput): Sentence {
  const { memory, findings } = input;
  const be = input.is_live ? ["leaks", "grows", "is"] : ["leaked", "grew", "was"];
  const leaks = findings.filter((finding) => finding.verdict === "leak");
  const growing = findings.filter((finding) => finding.verdict === "growing");
  const first = leaks[0] ?? growing[0];
  if (first) {
    const verb = first.verdict === "leak" ? be[0] : be[1];
    const pace = first.rate_per_hour
      ? ` ${humanRate(first.rate_per_hour.mid, first.unit, countedBy(first.kind))}`
      : "";
    const by = pace && first.verdict !== "leak" ? " by" : "";
    const others = (first.verdict === "leak" ? leaks : growing).length - 1;
    const more = others > 0
      ? ` ${others} more ${alsoVerb(first.verdict === "leak", input.is_live, others)} too.`
      : "";
    return {
      text: `${subjectName(first)} ${verb}${by}${pace}.${
        input.is_live ? limitClause(first.time_to_limit_seconds) : ""
      }${more}`,
      tone: first.verdict === "leak" ? "leak" : "watch",
    };
  }
  if (!memory) {
    return { text: "Nothing can be read: /proc/meminfo does not answer.", tone: "blind" };
  }
  const available = `${humanBytes(memory.available_bytes)} available`;
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
        humanSpan(Math.max(1, input.watched_seconds))
      }, first verdicts after ${humanSpan(input.needed_seconds)}.`,
      tone: "calm",
    };
  }
  const pace = input.available_per_hour;
  const steady = pace === null || Math.abs(pace) < memory.total_bytes * 0.01
    ? "steady"
    : pace < 0
    ? `falling ${humanBytes(-pace)}/h`
    : `rising ${humanBytes(pace)}/h`;
  const calm = `Nothing ${input.is_live ? "is leaking" : "leaked"}; ${available}, ${steady}`;
  return input.alerts_firing > 0
    ? {
      text: `${calm}. ${input.alerts_firing} ${input.alerts_firing === 1 ? "alert fires" : "alerts fire"}.`,
      tone: "watch",
    }
    : { text: `${calm}.`, tone: "calm" };
}
