/** How right a fleet's report is, held against the truth of its history. */

import type { FleetReport, FleetWorkload } from "../../../../fleet/mod.ts";
import { LEAKING, type Truth } from "./history.ts";

export interface FleetScore {
  leaking: number;
  found: number;
  healthy: number;
  accused: number;
  in_one_replica: number;
  found_in_one_replica: number;
  since_version: number;
  blamed_right: number;
  blamed_wrong: number;
  hosts_and_groups_leaking: number;
  hosts_and_groups_found: number;
  hosts_and_groups_accused: number;
  /** What went wrong, one line each. */
  mistakes: string[];
}

const isLeak = (workload: FleetWorkload | undefined) => workload?.verdict.startsWith("leak") ?? false;

export function scoreFleet({ workloads }: FleetReport, truth: readonly Truth[]): FleetScore {
  const score: FleetScore = {
    leaking: 0,
    found: 0,
    healthy: 0,
    accused: 0,
    in_one_replica: 0,
    found_in_one_replica: 0,
    since_version: 0,
    blamed_right: 0,
    blamed_wrong: 0,
    hosts_and_groups_leaking: 0,
    hosts_and_groups_found: 0,
    hosts_and_groups_accused: 0,
    mistakes: [],
  };
  const containers = new Map(
    workloads.filter(({ metric }) => metric === "container_memory_working_set_bytes")
      .map((each) => [`${each.key["namespace"]}/${each.key["workload"]}`, each]),
  );
  const others = new Map(workloads.map((each) => [otherKey(each.metric, each.key), each]));
  for (const each of truth) {
    if (each.kind === "workload") {
      scoreWorkload(score, each, containers.get(`${each.namespace}/${each.workload}`));
    } else {
      const metric = each.kind === "host" ? each.metric : "namedprocess_namegroup_memory_bytes";
      const said = isLeak(others.get(otherKey(metric, each as unknown as Record<string, string>)));
      if (each.leaks) score.hosts_and_groups_leaking++;
      if (each.leaks && said) score.hosts_and_groups_found++;
      if (!each.leaks && said) score.hosts_and_groups_accused++;
      if (each.leaks !== said) {
        score.mistakes.push(`${JSON.stringify(each)}: ${said ? "accused" : "not found"}`);
      }
    }
  }
  return score;
}

const otherKey = (metric: string, { instance = "", groupname = "" }: Record<string, string>) =>
  [metric, instance, groupname].join("\0");

function scoreWorkload(
  score: FleetScore,
  truth: Extract<Truth, { kind: "workload" }>,
  said: FleetWorkload | undefined,
): void {
  const { shape } = truth, leaks = isLeak(said);
  const wrong = (what: string) =>
    score.mistakes.push(
      `${truth.namespace}/${truth.workload} (${shape}, ${truth.replicas} replicas, ${truth.versions} versions): ${what}; ` +
        `${said?.verdict ?? "missing"}, ${said?.lifetimes_leaking} of ${said?.lifetimes_assessed} lifetimes`,
    );
  if (LEAKING.has(shape)) {
    score.leaking++;
    if (leaks) score.found++;
    else wrong("not found");
  } else if (shape === "leak-in-one-replica") {
    score.in_one_replica++;
    if (leaks) score.found_in_one_replica++;
    else wrong("not found");
  } else {
    score.healthy++;
    if (leaks) {
      score.accused++;
      wrong("accused");
    }
  }
  const blamed = said?.blamed_version?.version ?? null;
  if (shape === "leak-since-version") {
    score.since_version++;
    if (blamed === `v${truth.versions}`) score.blamed_right++;
    else wrong(`version ${blamed}`);
    if (blamed !== null && blamed !== `v${truth.versions}`) score.blamed_wrong++;
  } else if (blamed !== null) {
    score.blamed_wrong++;
    wrong(`version ${blamed} blamed`);
  }
}
