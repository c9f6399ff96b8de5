import { formatAmount } from "../../model/format.ts";
import type { ContainerSample, ProcessSample, Sample, UnitSample } from "../../model/sample.ts";
import { containerTitle } from "../../model/container_title.ts";
import type { FindingKind, Subject } from "../../model/finding.ts";
import { unitAround } from "./unit_around.ts";

/** What a sentence says about a container or unit. */
interface CgroupContext {
  name: string;
  limit_bytes: number | null;
  working_set_bytes: number | null;
  /** The limit is its own, not a parent's. */
  is_own_limit: boolean;
}

/** Containers and units that processes live in, so that a finding about one speaks of the other. Holds no history. */
export class CgroupContexts {
  #containers = new Map<string, CgroupContext>();
  /** By cgroup: the system and every user may have a unit of one name. */
  #units = new Map<string, CgroupContext>();
  /** Container id → the process in it that holds most. */
  #largest = new Map<string, ProcessSample>();

  observe({ containers, units, processes }: Sample): void {
    this.#containers.clear();
    this.#units.clear();
    this.#largest.clear();
    for (const container of containers) {
      const name = `container ${containerTitle(container)}`;
      const isOwn = container.limit_cgroup === null || container.limit_cgroup === container.cgroup;
      this.#containers.set(container.id, contextOf(name, container, isOwn));
    }
    for (const unit of units) this.#units.set(unit.cgroup, contextOf(unit.name, unit, true));
    if (containers.length === 0) return;
    for (const process of processes) {
      if (process.container === null) continue;
      const known = this.#largest.get(process.container);
      if (!known || process.anon_bytes > known.anon_bytes) this.#largest.set(process.container, process);
    }
  }

  /** Name of the container with this id; null where no engine has told. */
  nameOf(id: string): string | null {
    return this.#containers.get(id)?.name ?? null;
  }

  /**
   * "in container lab-leaker, 62 % of its 96 MiB limit" for a process, "python (812) holds most of it, 62 % of its limit …" for a
   * container; empty where there is nothing to add.
   */
  message(kind: FindingKind, { pid, container, cgroup = null }: Subject): string {
    if (kind === "container-memory" && container !== null) {
      const largest = this.#largest.get(container);
      const holder = largest ? `${largest.name} (${largest.pid}) holds most of it` : "";
      return [holder, limitMessage(this.#containers.get(container))].filter(Boolean).join(", ");
    }
    if (kind === "unit-memory" && cgroup !== null) return limitMessage(this.#units.get(cgroup));
    if (pid === null) return "";
    const group = container !== null ? this.#containers.get(container) : unitAround(cgroup, this.#units);
    // A unit without a limit adds nothing to the name that stands beside the process anyway.
    if (!group || (container === null && group.limit_bytes === null)) return "";
    return [`in ${group.name}`, limitMessage(group)].filter(Boolean).join(", ");
  }
}

function contextOf(name: string, group: ContainerSample | UnitSample, isOwnLimit: boolean): CgroupContext {
  const { limit_bytes, working_set_bytes } = group;
  return { name, limit_bytes, working_set_bytes, is_own_limit: isOwnLimit };
}

function limitMessage(group: CgroupContext | undefined): string {
  if (!group || group.limit_bytes === null || group.working_set_bytes === null || group.limit_bytes === 0) {
    return "";
  }
  const percent = Math.round((group.working_set_bytes / group.limit_bytes) * 100);
  const whose = group.is_own_limit ? "its" : "its parent's";
  return `${percent} % of ${whose} ${formatAmount(group.limit_bytes, "bytes")} limit`;
}
