/** What rules of scope `finding` see of a finding. */

import { formatRate } from "../../../model/format.ts";
import type { Finding } from "../../../model/finding.ts";

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
  get verdict(): string {
    return this.finding.verdict;
  }
  get severity(): string {
    return this.finding.severity;
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
    return formatRate(rate, this.finding.unit);
  }
  get time_to_limit_seconds() {
    return this.finding.time_to_limit_seconds?.low ?? NaN;
  }
  get limit() {
    return this.finding.time_to_limit_seconds?.limit ?? "";
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

/** "java (812) in app.service", "web in container 3f2a…", "slab cache dentry". */
export function findingSubject({ kind, subject }: Finding): string {
  const what = subject.pid !== null
    ? `${subject.name} (${subject.pid})`
    : kind === "kernel-slab"
    ? `slab cache ${subject.name}`
    : subject.name;
  const things: Record<string, string> = {
    "process-descriptors": "descriptors of ",
    "process-threads": "threads of ",
    "process-mappings": "mappings of ",
  };
  return `${things[kind] ?? ""}${what}`;
}

/** The same finding of a later assessment has the same key. */
export function findingKey({ kind, subject }: Finding): string {
  const who = subject.pid !== null
    ? `${subject.pid}:${subject.start_ticks}`
    : [subject.name, subject.unit ?? "", subject.container ?? ""].join("|");
  return `${kind}|${who}`;
}
