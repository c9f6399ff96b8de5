/**
 * A fleet's history with known truth: containers as cAdvisor and kube-state-metrics show them, hosts as node_exporter does,
 * groups of processes, Go, Java and Node clients. The same seed gives the same fleet.
 */

import { Random } from "./random.ts";

const MIB = 1024 * 1024;

/** What a workload does, and how many of 100 do it. */
const SHAPES = [
  ["stable", 50],
  ["daily", 15],
  ["sawtooth", 8],
  ["warm-up", 6],
  ["step", 5],
  ["many-roll-outs", 5],
  ["leak", 4],
  ["leak-to-limit", 2],
  ["leak-since-version", 3],
  ["leak-in-one-replica", 2],
] as const;

export type Shape = (typeof SHAPES)[number][0];

/** Shapes of which a workload verdict "leak" is right. */
export const LEAKING: ReadonlySet<string> = new Set<Shape>(["leak", "leak-to-limit", "leak-since-version"]);

export interface HistoryOptions {
  containers: number;
  hosts: number;
  days: number;
  step_seconds: number;
  /** Unix seconds of the last sample; a multiple of the step. */
  end_seconds: number;
  seed: number;
  /** With what kube-state-metrics tells: owners and limits. */
  kube: boolean;
}

/** A series on the history's grid of times: `values[0]` stands at grid position `first`. */
export interface HistorySeries {
  labels: Record<string, string>;
  first: number;
  values: Float64Array<ArrayBuffer>;
}

export type Truth =
  | {
    kind: "workload";
    namespace: string;
    workload: string;
    shape: Shape;
    replicas: number;
    versions: number;
    bytes_per_hour: number;
  }
  | { kind: "host"; instance: string; metric: string; leaks: boolean }
  | { kind: "group"; instance: string; groupname: string; leaks: boolean };

/** kube's alphabets: of a ReplicaSet's hash and of a pod's suffix. */
const HASH = "456789bcdf", SUFFIX = "bcdfghjklmnpqrstvwxz2456789";
const NAMESPACES = 40;
/** Scrapes that fail, and an outage of half an hour for all. */
const LOST_SHARE = 0.002, OUTAGE_SECONDS = 1800, OUTAGE_AT = 0.6;

export class FleetHistory {
  readonly truth: Truth[] = [];
  /** Samples per series that spans all of it. */
  readonly count: number;
  readonly #random: Random;

  constructor(readonly options: HistoryOptions) {
    this.count = Math.floor(options.days * 86_400 / options.step_seconds);
    this.#random = new Random(options.seed);
  }

  timeOf(position: number): number {
    const { end_seconds, step_seconds } = this.options;
    return end_seconds - (this.count - 1 - position) * step_seconds;
  }

  /** Whether nobody scraped at this moment. */
  isOutage(position: number): boolean {
    const since = (position - Math.floor(this.count * OUTAGE_AT)) * this.options.step_seconds;
    return since >= 0 && since < OUTAGE_SECONDS;
  }

  /** All series; ask for the truth afterwards. */
  *series(): Generator<HistorySeries> {
    for (let left = this.options.containers, index = 0; left > 0; index++) {
      const wanted = this.#random.pick([[1, 20], [2, 25], [3, 25], [5, 18], [10, 9], [20, 3]] as const);
      const replicas = Math.min(left, wanted);
      yield* this.#workload(index, replicas);
      left -= replicas;
    }
    for (let host = 0; host < this.options.hosts; host++) yield* this.#host(host);
  }

  *#workload(index: number, replicas: number): Generator<HistorySeries> {
    const random = this.#random, { step_seconds, hosts } = this.options;
    const shape = random.pick(SHAPES);
    const namespace = `team-${index % NAMESPACES}`, name = `svc-${String(index).padStart(5, "0")}`;
    const base = random.pick([[48, 1], [96, 1], [180, 1], [400, 1], [900, 1]] as const) * MIB,
      limit = 4 * base;
    const hours = this.count * step_seconds / 3600;
    // Over the whole history the slowest gain a sixth of their level.
    let perHour = base * random.between(0.15, 0.9) / hours;
    if (shape === "leak-to-limit") perHour = limit / 30;
    if (shape === "leak-since-version") perHour *= 2;
    const rollOuts = shape === "many-roll-outs"
      ? 4
      : shape === "leak-since-version"
      ? 2
      : random.pick([[0, 4], [1, 4], [2, 2]] as const);
    const cuts = [
      0,
      ...Array.from({ length: rollOuts }, () => Math.floor(random.between(0.15, 0.75) * this.count)).sort((
        a,
        b,
      ) => a - b),
      this.count,
    ];
    for (let version = 0; version < cuts.length - 1; version++) {
      const replicaSet = `${name}-${random.text(9, HASH)}`;
      if (this.options.kube) {
        yield this.#owner(namespace, replicaSet, name, cuts[version]!, cuts[version + 1]!);
      }
      for (let replica = 0; replica < replicas; replica++) {
        const grows = shape === "leak" || shape === "leak-to-limit" ||
          (shape === "leak-since-version" && version === cuts.length - 2) ||
          (shape === "leak-in-one-replica" && replica === 0);
        const labels = {
          namespace,
          pod: `${replicaSet}-${random.text(5, SUFFIX)}`,
          container: "app",
          node: `node-${(index * 7 + replica * 13) % Math.max(1, hosts)}`,
          image: `registry.example/${name}:v${version + 1}`,
        };
        yield* this.#pod(labels, shape, {
          from: cuts[version]! + random.below(3),
          to: cuts[version + 1]!,
          base,
          limit,
          perHour: grows ? perHour : 0,
          replica,
        });
        if (this.options.kube) {
          yield* this.#kube(labels, replicaSet, limit, cuts[version]!, cuts[version + 1]!);
        }
      }
    }
    this.truth.push({
      kind: "workload",
      namespace,
      workload: name,
      shape,
      replicas,
      versions: cuts.length - 1,
      bytes_per_hour: perHour,
    });
  }

  /** The containers of one pod, one after the other. */
  *#pod(
    { image, ...labels }: Record<string, string>,
    shape: Shape,
    lifetime: { from: number; to: number; base: number; limit: number; perHour: number; replica: number },
  ): Generator<HistorySeries> {
    for (let first = lifetime.from; first < lifetime.to - 3;) {
      const values = this.#lifetime(shape, first, lifetime.to, lifetime);
      const id = this.#random.text(64, "0123456789abcdef");
      yield {
        labels: {
          __name__: "container_memory_working_set_bytes",
          ...labels,
          image: image!,
          id: `/kubepods.slice/kubepods-burstable.slice/cri-containerd-${id}.scope`,
          name: id,
          instance: `${labels["node"]}:10250`,
          job: "kubelet",
          metrics_path: "/metrics/cadvisor",
        },
        first,
        values,
      };
      first += values.length + 1;
    }
  }

  #lifetime(
    shape: Shape,
    from: number,
    to: number,
    { base, limit, perHour, replica }: { base: number; limit: number; perHour: number; replica: number },
  ): Float64Array<ArrayBuffer> {
    const { step_seconds } = this.options, count = to - from;
    const own = base * this.#random.between(0.95, 1.05);
    const values = this.#random.noise(count, 0.012 * own);
    for (let i = 0; i < count; i++) {
      const age = i * step_seconds / 3600;
      let value = values[i]! + own * (1 - 0.35 * Math.exp(-age / 0.3)) + perHour * age;
      if (shape === "daily") {
        value += own * 0.25 * Math.sin(2 * Math.PI * (this.timeOf(from + i) % 86_400) / 86_400);
      }
      if (shape === "sawtooth") value += own * 0.4 * ((age + replica) % 7.3) / 7.3;
      if (shape === "warm-up") value += own * 0.8 * (1 - Math.exp(-age / 30));
      if (shape === "step" && i >= count / 2) value += own * 0.3;
      // The kernel ends it here.
      if (value >= limit) return values.slice(0, Math.max(1, i));
      values[i] = Math.round(value);
    }
    return values;
  }

  #owner(namespace: string, replicaSet: string, name: string, first: number, to: number): HistorySeries {
    const labels = {
      __name__: "kube_replicaset_owner",
      ...KUBE,
      namespace,
      replicaset: replicaSet,
      owner_kind: "Deployment",
      owner_name: name,
      owner_is_controller: "true",
    };
    return { labels, first, values: new Float64Array(to - first).fill(1) };
  }

  *#kube(
    { namespace, pod, container, node }: Record<string, string>,
    replicaSet: string,
    limit: number,
    first: number,
    to: number,
  ): Generator<HistorySeries> {
    const of = { ...KUBE, namespace: namespace!, pod: pod! };
    const owner = { owner_kind: "ReplicaSet", owner_name: replicaSet, owner_is_controller: "true" };
    yield {
      labels: { __name__: "kube_pod_owner", ...of, ...owner },
      first,
      values: new Float64Array(to - first).fill(1),
    };
    yield {
      labels: {
        __name__: "kube_pod_container_resource_limits",
        ...of,
        container: container!,
        node: node!,
        resource: "memory",
        unit: "byte",
      },
      first,
      values: new Float64Array(to - first).fill(limit),
    };
  }

  *#host(index: number): Generator<HistorySeries> {
    const random = this.#random, { count } = this, total = 64 * 1024 * MIB;
    const hourOf = (i: number) => i * this.options.step_seconds / 3600;
    const node = { instance: `node-${index}:9100`, job: "node" };
    const series = (
      name: string,
      labels: Record<string, string>,
      values: Float64Array<ArrayBuffer>,
    ): HistorySeries => ({
      labels: { __name__: name, ...labels },
      first: 0,
      values: values.map(Math.round),
    });
    const slabLeaks = index % 25 === 3, filesLeak = index % 25 === 7;
    const reboot = index % 10 === 5 ? Math.floor(count / 2) : count;
    const used = random.noise(count, total * 0.02).map((noise, i) =>
      noise +
      total *
        (0.5 + 0.05 * Math.sin(2 * Math.PI * (this.timeOf(i) % 86_400) / 86_400) - (i >= reboot ? 0.1 : 0))
    );
    const slab = random.noise(count, 20 * MIB).map((noise, i) =>
      noise + (slabLeaks ? 12 * MIB * hourOf(i) : 0) + (i >= reboot ? 600 : 900) * MIB
    );
    const files = random.noise(count, 200).map((noise, i) => noise + 9000 + (filesLeak ? 40 * hourOf(i) : 0));
    yield series("node_memory_MemTotal_bytes", node, new Float64Array(count).fill(total));
    yield series(
      "node_memory_MemAvailable_bytes",
      node,
      used.map((value, i) => total - value - (slabLeaks ? slab[i]! : 0)),
    );
    yield series("node_memory_SUnreclaim_bytes", node, slab);
    yield series("node_filefd_allocated", node, files);
    yield series(
      "node_boot_time_seconds",
      node,
      new Float64Array(count).map((_, i) => i < reboot ? this.timeOf(0) - 864_000 : this.timeOf(reboot)),
    );
    this.truth.push(
      { kind: "host", instance: node.instance, metric: "node_memory_SUnreclaim_bytes", leaks: slabLeaks },
      { kind: "host", instance: node.instance, metric: "node_filefd_allocated", leaks: filesLeak },
    );
    for (let group = 0; group < 5; group++) {
      const labels = {
        instance: `node-${index}:9256`,
        job: "process-exporter",
        groupname: `daemon-${group}`,
      };
      const leaks = (index + group) % 40 === 0;
      const values = random.noise(count, 3 * MIB).map((noise, i) =>
        noise + 150 * MIB + (leaks ? 0.6 * MIB * hourOf(i) : 0)
      );
      yield series("namedprocess_namegroup_memory_bytes", { ...labels, memtype: "resident" }, values);
      this.truth.push({ kind: "group", instance: labels.instance, groupname: labels.groupname, leaks });
    }
  }

  /** Which samples of a target were taken: those of one instance are lost together. */
  takenBy(instance: string): Uint8Array {
    const taken = new Uint8Array(this.count), lots = new Random(this.options.seed + hashOf(instance));
    for (let i = 0; i < this.count; i++) taken[i] = !this.isOutage(i) && lots.uniform() >= LOST_SHARE ? 1 : 0;
    return taken;
  }
}

const KUBE = { job: "kube-state-metrics", instance: "10.0.0.9:8080" };

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
