/** Workers of one service that grow alike are one finding with a count, not twenty. */

import type { Finding, Subject } from "../../model/finding.ts";
import { formatRate } from "../../model/format.ts";

/** Two may be a coincidence. */
const MIN_MEMBERS = 3;

/**
 * Merges findings about processes of one program in one unit, container or cgroup into the worst of them, with the sum of their
 * rates and their number. Same order as given; effects of a member become effects of the group.
 * @param programOf what a process runs: unlike scripts share the name of their interpreter
 */
export function groupAlike(
  findings: readonly Finding[],
  programOf: (subject: Subject) => string = ({ name }) => name,
): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = groupKey(finding, programOf);
    if (key === null) continue;
    const members = groups.get(key);
    if (members) members.push(finding);
    else groups.set(key, [finding]);
  }
  const merged = new Map<Finding, Finding | null>(), keys = new Map<string, string>();
  for (const members of groups.values()) {
    if (members.length < MIN_MEMBERS) continue;
    const [worst] = members;
    members.forEach((member) => {
      merged.set(member, null);
      keys.set(member.key, worst!.key);
    });
    merged.set(worst!, summary(members));
  }
  if (merged.size === 0) return [...findings];
  return findings.flatMap((finding) => {
    const group = merged.get(finding);
    if (group === null) return [];
    const { caused_by } = group ?? finding;
    return [{ ...(group ?? finding), caused_by: caused_by && (keys.get(caused_by) ?? caused_by) }];
  });
}

/** null: never grouped. Leaks and what merely grows are told apart. */
function groupKey(
  { kind, subject, verdict, caused_by }: Finding,
  programOf: (subject: Subject) => string,
): string | null {
  if (subject.pid === null || caused_by !== null) return null;
  const where = subject.container ?? subject.unit ?? subject.cgroup ?? null;
  return where === null || where === "/" ? null : JSON.stringify([kind, verdict, where, programOf(subject)]);
}

/** All members fill the one memory of the machine: together they are as much sooner at its end as they are faster. */
function sharedTime({ time_to_limit_seconds: time, rate_per_hour }: Finding, togetherPerHour: number) {
  const alone = rate_per_hour?.mid ?? 0;
  if (time?.limit !== "MemAvailable" || alone <= 0 || togetherPerHour <= alone) return time;
  const share = alone / togetherPerHour;
  return { ...time, low: time.low * share, high: time.high === null ? null : time.high * share };
}

function summary(members: readonly Finding[]): Finding {
  const [worst] = members;
  const sum = (end: "low" | "mid" | "high") =>
    members.reduce((total, { rate_per_hour }) => total + (rate_per_hour?.[end] ?? 0), 0);
  const rate_per_hour = { low: sum("low"), mid: sum("mid"), high: sum("high") };
  return {
    ...worst!,
    count: members.length,
    rate_per_hour,
    time_to_limit_seconds: sharedTime(worst!, rate_per_hour.mid),
    probability: Math.max(...members.map(({ probability }) => probability)),
    evidence: `${members.length} processes alike, together ${formatRate(rate_per_hour.mid, worst!.unit)}; ` +
      `of the fastest, ${worst!.subject.pid}: ${worst!.evidence}`,
  };
}
