/** What rules of scope `finding` see of a finding. */

import { formatRate } from "../../../model/format.ts";
import { limitMessage } from "../../../model/time_to_limit.ts";
import type { Finding } from "../../../model/finding.ts";
import { subjectTitle } from "../../../model/subject.ts";

export class FindingFacts {
  finding!: Finding;
  /** The finding that tells of the same growth better, where there is one. */
  cause: Finding | undefined;

  get kind(): string {
    return this.finding.kind;
  }
  get subject() {
    return findingSubject(this.finding);
  }
  get name() {
    return this.finding.subject.name;
  }
  get service(): string | null {
    const { unit, container, name } = this.finding.subject;
    return unit ??
      (container && this.finding.kind === "container-memory" ? name : container?.slice(0, 12) ?? null);
  }
  get verdict(): string {
    return this.finding.verdict;
  }
  get severity(): string {
    return this.finding.severity;
  }
  get probability() {
    return this.finding.probability;
  }
  get probability_percent() {
    return 100 * this.finding.probability;
  }
  get count() {
    return this.finding.count;
  }
  get confidence() {
    return this.finding.confidence;
  }
  get rate_per_hour() {
    return this.finding.rate_per_hour?.mid ?? NaN;
  }
  get rate() {
    const rate = this.finding.rate_per_hour?.mid;
    if (rate === undefined) return "at an unknown rate";
    return formatRate(rate, this.finding.unit, COUNTED[this.finding.kind]?.slice(0, -" of ".length) ?? "");
  }
  get time_to_limit_seconds() {
    return this.finding.time_to_limit_seconds?.low ?? NaN;
  }
  get limit() {
    return this.finding.time_to_limit_seconds?.limit ?? "";
  }
  /** "; memory full in about 3 h", or nothing. */
  get until(): string {
    const time = this.finding.time_to_limit_seconds;
    return time ? `; ${limitMessage(time)}` : "";
  }
  get evidence() {
    return this.finding.evidence;
  }
  get next_step() {
    return this.finding.next_step;
  }
  get caused_by() {
    return this.cause ? findingSubject(this.cause) : "";
  }
}

const COUNTED: Partial<Record<Finding["kind"], string>> = {
  "process-descriptors": "descriptors of ",
  "process-threads": "threads of ",
  "process-mappings": "mappings of ",
};

/** "java (812)", "descriptors of nginx (9)", "slab cache dentry", "worker (7) and 19 alike". */
export function findingSubject(finding: Finding): string {
  const others = finding.count > 1 ? ` and ${finding.count - 1} alike` : "";
  return `${COUNTED[finding.kind] ?? ""}${subjectTitle(finding)}${others}`;
}
