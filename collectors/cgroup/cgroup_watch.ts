/** Containers and systemd units, found in the cgroup tree itself: no engine has to be installed or to answer. */

import type { ContainerIdentity } from "./cgroup_identity.ts";
import { OpenCounter } from "./open_counter.ts";
import { type CgroupHierarchy, readCgroupHierarchy } from "./cgroup_hierarchy.ts";
import { LimitReader, readDetails, readStat, usageFile, workingSet } from "./cgroup_reader.ts";
import { containerRecord, unitRecord } from "./cgroup_defaults.ts";
import { ownContainer } from "./own_cgroup.ts";
import { type CgroupNode, CgroupTree } from "./cgroup_tree.ts";
import type { Roots } from "../roots.ts";
import { parseNumber } from "./cgroup_parse.ts";
import { parseCgroupCount } from "../procfs/kernel_parse.ts";
import { readTextOrNull } from "../fs.ts";
import type { ContainerSample, Sample, UnitSample } from "../../model/sample.ts";

/** Handles kept open for the usage; a compiled binary starts with 1,024 descriptors and the processes want most. */
const MAX_HANDLES = 128;
/** Cgroups whose memory.stat is read at one sample, 20 µs each; with more than that they take turns. */
const MAX_STATS = 64;
/** Cgroups whose details are read in one pass, 80 µs each; with more than that they take turns. */
const MAX_DETAILS = 300;
/** Plain cgroups (neither container nor unit) that are watched; somebody may make thousands. */
const MAX_PLAIN = 64;
/** The next walk waits a hundred times as long as the last one took: walking costs 1 % of a core at most. */
const WALK_SHARE = 100;

interface Watched {
  record: ContainerSample | UnitSample;
  usage: OpenCounter | null;
  inactive_file_bytes: number | null;
  /** Its composition was read. */
  has_stat: boolean;
}

/** What both collectors and the process mapping know about the tree. */
export class CgroupWatch {
  readonly layout: CgroupHierarchy | null;
  /** Directories in the tree at the last walk. */
  directories = 0;
  /** Cgroups that the kernel counted in the memory hierarchy at that moment (version 1). */
  counted: number | null = null;
  truncated = false;
  /** The container that leakwatch itself runs in and sees as the tree's root. */
  readonly own: ContainerIdentity | null;
  readonly #tree: CgroupTree | null;
  readonly #watched = new Map<string, Watched>();
  #order: Watched[] = [];
  #turn = 0;
  #statTurn = 0;
  #handles = 0;
  #nextWalk = 0;
  #stale = true;

  constructor(
    readonly roots: Roots,
    readonly unavailable: (source: string, why: string, hint?: string) => void,
    maxDirectories?: number,
  ) {
    this.layout = readCgroupHierarchy(roots);
    this.#tree = this.layout === null ? null : new CgroupTree(this.layout.tree, maxDirectories);
    this.own = this.layout?.namespaced ? ownContainer(roots) : null;
  }

  /** Walks if it is time, then renews the details of all, or of the next ones in turn. */
  collectDetails(sample: Sample): void {
    if (this.layout === null || this.#tree === null) {
      throw new Error("no cgroup tree is mounted");
    }
    if (this.layout.memory === null) {
      this.unavailable(
        "memory cgroups",
        "the memory controller is off, so containers and units have names but no sizes",
        "boot with cgroup_enable=memory",
      );
    }
    const now = performance.now();
    if (this.#stale || now >= this.#nextWalk) {
      this.#discover(sample);
      this.#nextWalk = performance.now() + (performance.now() - now) * WALK_SHARE;
      this.#stale = false;
    }
    const limits = new LimitReader(this.layout);
    const count = Math.min(MAX_DETAILS, this.#order.length);
    for (let n = 0; n < count; n++) {
      readDetails(this.layout, limits, this.#order[this.#turn++ % this.#order.length]!.record);
    }
    if (this.#order.length > MAX_DETAILS) {
      this.unavailable(
        "cgroup details",
        `there are more than ${MAX_DETAILS} containers and units: their limits and events are read in turn`,
      );
    }
  }

  /** The composition of the next cgroups in turn, and the usage of these and of every one with a kept handle. */
  collectUsage(force: boolean): void {
    const { layout } = this;
    if (layout === null || layout.memory === null) return;
    const count = force ? this.#order.length : Math.min(MAX_STATS, this.#order.length);
    for (let n = 0; n < count; n++) {
      const watched = this.#order[this.#statTurn++ % this.#order.length]!;
      const before = watched.record.usage_bytes;
      this.#readUsage(watched);
      // The same to the byte: nobody in it did anything.
      if (watched.has_stat && watched.record.usage_bytes === before && !force) continue;
      watched.inactive_file_bytes = readStat(layout, watched.record);
      watched.has_stat = true;
      watched.record.working_set_bytes = workingSet(watched.record.usage_bytes, watched.inactive_file_bytes);
    }
    if (count === this.#order.length) return;
    for (const watched of this.#order) if (watched.usage !== null) this.#readUsage(watched);
  }

  #readUsage(watched: Watched): void {
    const { record } = watched;
    let usage = watched.usage?.read() ?? null;
    const path = usage === null ? usageFile(this.layout!, record.cgroup) : null;
    if (path !== null) {
      // No handle, or its cgroup is gone: a restarted container has a new cgroup at the same path.
      this.#release(watched);
      usage = this.#keep(watched, path) ?? parseNumber(readTextOrNull(path));
    }
    if (usage === null && this.layout!.memory !== null) this.#stale = true;
    record.usage_bytes = usage;
    record.working_set_bytes = workingSet(usage, watched.inactive_file_bytes);
  }

  #keep(watched: Watched, path: string): number | null {
    if (this.#handles >= MAX_HANDLES) return null;
    try {
      watched.usage = new OpenCounter(path);
      this.#handles++;
      return watched.usage.read();
    } catch {
      return null;
    }
  }

  #release(watched: Watched): void {
    if (watched.usage === null) return;
    watched.usage.close();
    watched.usage = null;
    this.#handles--;
  }

  #discover(sample: Sample): void {
    const walk = this.#tree!.walk();
    this.directories = walk.directories;
    this.counted = readCgroupCount(this.roots);
    this.truncated = walk.truncated;
    if (walk.truncated) {
      this.unavailable(
        "cgroup tree",
        `it has more than ${walk.directories} directories: containers and units beyond them are not seen`,
        "find /sys/fs/cgroup -type d | sed 's|/[^/]*$||' | sort | uniq -c | sort -n | tail   # what creates them",
      );
    }
    let plain = 0;
    const nodes = this.#withOwn(walk.nodes).filter(({ identity }) =>
      identity.container !== null || identity.unit !== null || ++plain <= MAX_PLAIN
    );
    const present = new Set(nodes.map((node) => node.path));
    for (const [path, watched] of this.#watched) {
      if (present.has(path)) continue;
      this.#release(watched);
      this.#watched.delete(path);
    }
    for (const node of nodes) {
      if (this.#watched.has(node.path)) continue;
      const record = node.identity.isContainerRoot ? containerRecord(node) : unitRecord(node);
      this.#watched.set(node.path, { record, usage: null, inactive_file_bytes: null, has_stat: false });
    }
    const all = [...this.#watched.values()];
    const containers = all.filter((watched) => "id" in watched.record);
    const units = all.filter((watched) => !("id" in watched.record));
    this.#order = [...containers, ...units];
    const running = containers.map((watched) => watched.record as ContainerSample);
    const ids = new Set(running.map((record) => record.id));
    // Containers without a cgroup are the engines' to tell of (engines.ts): they stay.
    const others = sample.containers.filter((record) => record.cgroup === "" && !ids.has(record.id));
    sample.containers = [...running, ...others];
    sample.units = units.map((watched) => watched.record as UnitSample);
  }

  /** Inside a container the tree's root is that container, which no path says. */
  #withOwn(nodes: CgroupNode[]): CgroupNode[] {
    if (this.own === null) return nodes;
    const identity = { container: this.own, isContainerRoot: true, unit: null, unitKind: null };
    return [{ path: "/", identity }, ...nodes];
  }

  close(): void {
    for (const watched of this.#watched.values()) this.#release(watched);
  }
}

/** Cgroups in the memory hierarchy by the kernel's own count, the dying ones included; null without one. */
export function readCgroupCount({ proc }: Roots): number | null {
  return parseCgroupCount(readTextOrNull(`${proc}/cgroups`) ?? "")?.cgroups ?? null;
}
