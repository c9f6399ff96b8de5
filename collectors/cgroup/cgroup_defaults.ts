/** Records for what lives in a cgroup. */

import type { CgroupNode } from "./cgroup_tree.ts";
import { emptyContainer, emptyUnit } from "../../model/empty_records.ts";
import type { ContainerSample, UnitSample } from "../../model/sample.ts";

/** The container whose own cgroup this is. */
export function containerRecord(node: CgroupNode): ContainerSample {
  const { id, engine, name, pod } = node.identity.container!;
  return { ...emptyContainer(id), engine, name, pod, cgroup: node.path, state: "running" };
}

/** The unit (or plain cgroup) whose own cgroup this is; a plain one is named by its path. */
export function unitRecord(node: CgroupNode): UnitSample {
  const { unit, unitKind } = node.identity;
  return emptyUnit(unit ?? node.path, node.path, unitKind ?? "other");
}
