/** A fleet of a dozen series that a person can follow: a week, a sample every ten minutes. */

import type { HistorySeries } from "../end_to_end/lab/fleet/history.ts";
import { Random } from "../end_to_end/lab/fleet/random.ts";
import type { FakeData } from "./fake_prometheus.ts";

const STEP = 600, POINTS = 7 * 144, MIB = 1024 * 1024;
/** 2026-11-14T00:00:00Z, a multiple of every step used. */
const START = 1_794_614_400;

/** @param start Unix seconds of the first point, a multiple of 600. */
export function smallFleet(start = START): { data: FakeData; points: number } {
  const random = new Random(7), series: HistorySeries[] = [];
  const add = (
    name: string,
    labels: Record<string, string>,
    from: number,
    to: number,
    at: (hours: number, i: number) => number,
  ) => {
    const noise = random.noise(to - from, 0.005);
    const values = noise.map((each, i) => Math.round(at(i / 6, i) * (1 + each)));
    series.push({ labels: { __name__: name, ...labels }, first: from, values });
  };
  const exact = (name: string, labels: Record<string, string>, value: number, from = 0, to = POINTS) =>
    series.push({
      labels: { __name__: name, ...labels },
      first: from,
      values: new Float64Array(to - from).fill(value),
    });
  const pod = (
    workload: string,
    hash: string,
    replica: number,
    version: string,
    from: number,
    to: number,
    rate: number,
  ) => {
    const name = `${workload}-${hash}-${["x2k8p", "b7c4d", "q9w5z"][replica]}`;
    add(
      "container_memory_working_set_bytes",
      {
        namespace: "shop",
        pod: name,
        container: "app",
        id: `/kubepods.slice/${name}`,
        image: `registry.example/${workload}:${version}`,
        node: `node-${replica + 1}`,
        instance: `node-${replica + 1}:10250`,
        job: "kubelet",
      },
      from,
      to,
      (hours) => (120 + rate * hours) * MIB,
    );
    exact(
      "kube_pod_owner",
      { namespace: "shop", pod: name, owner_kind: "ReplicaSet", owner_name: `${workload}-${hash}` },
      1,
      from,
      to,
    );
    exact(
      "kube_pod_container_resource_limits",
      { namespace: "shop", pod: name, container: "app", resource: "memory" },
      512 * MIB,
      from,
      to,
    );
    exact(
      "kube_replicaset_owner",
      {
        namespace: "shop",
        replicaset: `${workload}-${hash}`,
        owner_kind: "Deployment",
        owner_name: workload,
      },
      1,
      from,
      to,
    );
  };
  for (let replica = 0; replica < 3; replica++) {
    pod("checkout", "6d4f8c7b95", replica, "v1", 0, 500, 0);
    pod("checkout", "7c9b5d4f68", replica, "v2", 500, POINTS, 2.5);
    pod("cart", "5f7d9c8b46", replica, "v1", 0, POINTS, 0.8);
    pod("search", "8b4c6d9f57", replica, "v1", 0, POINTS, 0);
    pod("one-bad", "9c8b7d6f54", replica, "v1", 0, POINTS, replica === 0 ? 1 : 0);
  }
  for (let host = 1; host <= 3; host++) {
    const node = { instance: `node-${host}:9100`, job: "node" };
    exact("node_memory_MemTotal_bytes", node, 4096 * MIB);
    const grown = (i: number) => host > 1 ? 0 : (i >= 500 ? 2.5 * (i - 500) / 6 : 0) + 1.8 * i / 6;
    add("node_memory_MemAvailable_bytes", node, 0, POINTS, (_, i) => (3000 - grown(i)) * MIB);
    add("node_memory_SUnreclaim_bytes", node, 0, POINTS, () => 200 * MIB);
  }
  const api = { job: "api", instance: "node-2:8080" };
  add("process_resident_memory_bytes", api, 0, POINTS, (hours) => (80 + hours % 84) * MIB);
  series.push({
    labels: { __name__: "process_start_time_seconds", ...api },
    first: 0,
    values: new Float64Array(POINTS).map((_, i) => start + (i < 504 ? -1000 : 504 * STEP)),
  });
  return {
    data: { series, timeOf: (position) => start + position * STEP, step_seconds: STEP },
    points: POINTS,
  };
}
