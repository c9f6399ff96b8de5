/** Many processes of one program that grow alike are one finding in a report, be they in a unit or not. */

import type { Finding } from "../../../model/finding.ts";
import { programTitle } from "../../../model/program_title.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import { commandOf } from "./finding_message.ts";

/** Two may be a coincidence. */
const MIN_MEMBERS = 3;

/** The detector has merged workers of one unit; here those that only share program, user and verdict join them. Order is kept. */
export function mergeAlike(findings: readonly Finding[], processes: readonly ProcessSample[]): Finding[] {
  const groups = Map.groupBy(findings, (finding) => groupKey(finding, processes));
  return findings.flatMap((finding) => {
    const members = groups.get(groupKey(finding, processes))!;
    if (finding.subject.pid === null || members.length < MIN_MEMBERS) return [finding];
    return members[0] === finding ? [merged(members)] : [];
  });
}

function groupKey(finding: Finding, processes: readonly ProcessSample[]): string {
  const { kind, subject, verdict, key } = finding;
  if (subject.pid === null) return key;
  const title = programTitle(subject.name, commandOf(finding, processes));
  const user = processes.find(({ pid }) => pid === subject.pid)?.user;
  return JSON.stringify([kind, verdict, subject.unit, subject.container, title, user]);
}

/** The worst of them, which comes first, with the sum of the rates. */
function merged(members: readonly Finding[]): Finding {
  const worst = members[0]!;
  const count = members.reduce((sum, each) => sum + each.count, 0);
  const sum = (end: "low" | "mid" | "high") =>
    members.reduce((total, { rate_per_hour }) => total + (rate_per_hour?.[end] ?? 0), 0);
  return {
    ...worst,
    count,
    rate_per_hour: { low: sum("low"), mid: sum("mid"), high: sum("high") },
    evidence: `pids ${
      members.map(({ subject }) => subject.pid).join(", ")
    }; of the fastest: ${worst.evidence}`,
  };
}
