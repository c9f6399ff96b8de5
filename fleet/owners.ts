/** Which workload a pod belongs to: from kube-state-metrics, else by the shape of the pod's name. */

import type { PrometheusClient } from "./client.ts";
import { seconds, selector, sharedMatchers } from "./selectors.ts";
import type { FleetWindow } from "./window.ts";

export interface Workload {
  /** "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Pod" … */
  kind: string;
  name: string;
  /** Told by the pod's name alone: nobody knew its owner. */
  by_name: boolean;
}

/** The suffixes that controllers put behind their names. */
const NAME_SHAPES: [RegExp, string][] = [
  [/^(.+)-[0-9a-f]{6,10}-[0-9a-z]{5}$/, "Deployment"],
  [/^(.+)-\d+$/, "StatefulSet"],
  [/^(.+)-[0-9a-z]{5}$/, "DaemonSet"],
];

/** Pods of one controller share their name up to the last hyphen. */
const POD_SUFFIX = /-[0-9a-z]+$/;
/** Owners are read at so many moments of the window; one who came and went between two is told by name. */
const MOMENTS = 16;

/** Owners by their names, in constant memory for any number of pods. */
export class Owners {
  /** Owners of pods: cluster, namespace, name. */
  readonly #controllers = new Map<string, string>();
  /** What owns those: a ReplicaSet's Deployment, a Job's CronJob. */
  readonly #parents = new Map<string, { kind: string; name: string }>();

  get size(): number {
    return this.#controllers.size;
  }

  addController(cluster: string, namespace: string, kind: string, name: string): void {
    if (kind !== "" && kind !== "<none>") this.#controllers.set(key(cluster, namespace, name), kind);
  }

  addParent(cluster: string, namespace: string, child: string, kind: string, name: string): void {
    if (kind !== "" && kind !== "<none>") this.#parents.set(key(cluster, namespace, child), { kind, name });
  }

  workloadOf(cluster: string, namespace: string, pod: string): Workload {
    const controller = pod.replace(POD_SUFFIX, "");
    const parent = this.#parents.get(key(cluster, namespace, controller));
    if (parent) return { ...parent, by_name: false };
    const kind = this.#controllers.get(key(cluster, namespace, controller));
    // A ReplicaSet that nobody names the owner of: its own suffix is told by its shape.
    if (kind !== undefined && kind !== "ReplicaSet") return { kind, name: controller, by_name: false };
    for (const [shape, guessed] of NAME_SHAPES) {
      const match = shape.exec(pod);
      if (match) return { kind: guessed, name: match[1]!, by_name: true };
    }
    return { kind: "Pod", name: pod, by_name: false };
  }
}

const key = (...parts: string[]): string => parts.join("\0");

/** Reads the owners of a window, as far as kube-state-metrics tells. Throws FleetError. */
export async function readOwners(
  client: PrometheusClient,
  present: ReadonlySet<string>,
  select: string | null,
  window: FleetWindow,
): Promise<Owners> {
  const owners = new Owners();
  const step = Math.max(60, Math.floor((window.end_seconds - window.start_seconds) / MOMENTS));
  const read = async (metric: string, child: string, take: (labels: Record<string, string>) => void) => {
    if (!present.has(metric)) return;
    const labels = ["cluster", "namespace", child, "owner_kind", "owner_name"].filter(Boolean).join(", ");
    const newest = `last_over_time(${selector(metric, sharedMatchers(select))}[${
      seconds(Math.min(step, 900))
    }])`;
    await client.queryRange({
      query: `count by (${labels}) (${newest})`,
      start_seconds: window.start_seconds + step,
      end_seconds: window.end_seconds,
      step_seconds: step,
    }, (series) => take(series.labels));
  };
  await read("kube_pod_owner", "", ({ cluster = "", namespace = "", owner_kind = "", owner_name = "" }) => {
    owners.addController(cluster, namespace, owner_kind, owner_name);
  });
  for (
    const [metric, child] of [["kube_replicaset_owner", "replicaset"], [
      "kube_job_owner",
      "job_name",
    ]] as const
  ) {
    await read(metric, child, (labels) => {
      const { cluster = "", namespace = "", owner_kind = "", owner_name = "" } = labels;
      owners.addParent(cluster, namespace, labels[child] ?? "", owner_kind, owner_name);
    });
  }
  return owners;
}
