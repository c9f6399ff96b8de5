/** Chains: what stays the same while pods, instances and versions come and go, with all of its lifetimes. */

import type { Assessment } from "./detector.ts";
import { chainLabelsOf, type FleetMetric } from "./metrics_table.ts";
import type { Owners } from "./owners.ts";

/** One lifetime of one replica. */
export interface Lifetime {
  /** Which one it was: pod, instance, node. */
  labels: Record<string, string>;
  version: string | null;
  /** Unix seconds of its first and last point. */
  start_seconds: number;
  end_seconds: number;
  points: number;
  /** Still there at the window's end. */
  is_alive: boolean;
  /** How far it rose from its first to its last quarter, as a share of its mean. */
  rise_share: number;
  /** Null: too short to judge. */
  assessment: Assessment | null;
  /** A few values of a lifetime that grows, for drawing; empty for others. */
  sketch: { times: Float64Array; values: Float32Array } | null;
  /** The server answered in part only. */
  is_partial: boolean;
}

export interface Chain {
  metric: FleetMetric;
  /** What it is: "Deployment", "host", "process group", "job" … */
  kind: string;
  labels: Record<string, string>;
  /** The workload was told by its pods' names. */
  by_name: boolean;
  limit: number | null;
  limit_name: string | null;
  lifetimes: Lifetime[];
}

/** Labels of a lifetime that people know it by. */
const SHOWN_LABELS = ["pod", "container", "instance", "node", "groupname", "pid", "unit", "name"];
/** The longest label value kept. */
const MAX_LABEL = 200;
const KINDS: Record<FleetMetric["family"], string> = {
  containers: "container",
  processes: "process group",
  hosts: "host",
  runtimes: "job",
  leakwatch: "host",
  custom: "series",
};

/** "node-7:9100" → "node-7"; "[::1]:9100" → "[::1]". */
export const hostOf = (instance: string): string => instance.replace(/:\d+$/, "");

export class Chains {
  readonly #chains = new Map<string, Chain>();
  readonly #interned = new Map<string, string>();

  constructor(readonly owners: Owners, readonly by: readonly string[] | null) {}

  get all(): Chain[] {
    return [...this.#chains.values()];
  }

  /** The chain that a series belongs to, made where it is new. */
  chainOf(metric: FleetMetric, labels: Readonly<Record<string, string>>): Chain {
    const names = this.#labelNames(metric, labels);
    const workload = names.includes("workload") ? this.#workloadOf(labels) : null;
    const values = names.map((name) => name === "workload" ? workload?.name ?? "" : cut(labels[name] ?? ""));
    const key = `${metric.name}\0${values.join("\0")}`;
    let chain = this.#chains.get(key);
    if (!chain) {
      chain = {
        metric,
        kind: workload?.kind ?? KINDS[metric.family],
        labels: Object.fromEntries(
          names.flatMap((name, i) => values[i] === "" ? [] : [[name, this.#intern(values[i]!)]]),
        ),
        by_name: workload?.by_name ?? false,
        limit: null,
        limit_name: null,
        lifetimes: [],
      };
      this.#chains.set(key, chain);
    }
    return chain;
  }

  /** Values of these labels as one key, with "workload" found from the pod and "host" from the instance. */
  keyOf(by: readonly string[], labels: Readonly<Record<string, string>>): string {
    return by.map((name) =>
      name === "workload"
        ? this.#workloadOf(labels)?.name ?? ""
        : name === "host"
        ? hostOf(labels["instance"] ?? "")
        : labels[name] ?? ""
    ).join("\0");
  }

  /** The labels of a lifetime worth keeping. */
  shownLabels(labels: Readonly<Record<string, string>>, chain: Chain): Record<string, string> {
    const shown: Record<string, string> = {};
    for (const name of SHOWN_LABELS) {
      const value = labels[name];
      if (value && !(name in chain.labels) && !(name === "name" && labels["container"])) {
        shown[name] = name === "pod" ? cut(value) : this.#intern(cut(value));
      }
    }
    return shown;
  }

  intern(text: string): string {
    return this.#intern(cut(text));
  }

  #labelNames(metric: FleetMetric, labels: Readonly<Record<string, string>>): readonly string[] {
    if (this.by !== null && (metric.family === "containers" || metric.family === "custom")) return this.by;
    if (metric.chain[0] === "*") return chainLabelsOf(labels);
    return labels["region"] === undefined ? metric.chain : ["region", ...metric.chain];
  }

  #workloadOf(labels: Readonly<Record<string, string>>) {
    const { cluster = "", namespace = "", pod = "" } = labels;
    return pod === "" ? null : this.owners.workloadOf(cluster, namespace, pod);
  }

  /** One string for all that are equal: JSON gives every series its own. */
  #intern(text: string): string {
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    this.#interned.set(text, text);
    return text;
  }
}

const cut = (text: string): string => text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
