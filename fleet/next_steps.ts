/** What to type next about a workload that grows. */

import { hostOf } from "./chains.ts";
import type { ClassifiedWorkload } from "./workloads.ts";

/** One command that can be copied; names are quoted for a shell, for whoever named them may be hostile. */
export function nextStep(
  { chain, verdict, typical, first_full, blamed_version }: ClassifiedWorkload,
): string {
  const { namespace, container, instance, groupname } = chain.labels;
  const { family } = chain.metric;
  const lifetime = first_full ?? typical;
  const pod = lifetime?.labels["pod"];
  if (namespace !== undefined && pod !== undefined) {
    const at = `kubectl -n ${shell(namespace)}`;
    if (verdict === "leak-in-some-replicas") {
      return `${at} top pod ${shell(pod)} --containers   # compare its load with its siblings'`;
    }
    if (blamed_version !== null && chain.labels["workload"] !== undefined) {
      const kind = chain.kind.toLowerCase();
      return `${at} rollout history ${
        shell(`${kind}/${chain.labels["workload"]}`)
      }   # what changed with ${blamed_version.version}`;
    }
    const node = lifetime?.labels["node"];
    const inside = container === undefined ? "" : ` -c ${shell(container)}`;
    return `${at} exec ${shell(pod)}${inside} -- cat /proc/1/status${
      node ? `   # or: leakwatch analyze, on ${node}` : ""
    }`;
  }
  const host = hostOf(instance ?? lifetime?.labels["instance"] ?? "");
  if (host === "") return "";
  if (family === "processes" && groupname !== undefined) {
    return `leakwatch analyze   # on ${host}: which of ${groupname} it is`;
  }
  return `leakwatch analyze   # on ${host}`;
}

/** A word of a shell command. */
const shell = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
