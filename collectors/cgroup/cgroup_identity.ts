/** Who a cgroup belongs to, from its path alone: container, systemd unit, slice. Pure. */

import type { ContainerSample, UnitSample } from "../../model/sample.ts";

export type ContainerEngine = ContainerSample["engine"];

export interface ContainerIdentity {
  id: string;
  engine: ContainerEngine;
  /** Known from the path for lxc and nspawn, which have no other id. */
  name: string | null;
  /** Kubernetes: the pod's uid, with dashes. */
  pod: string | null;
}

export interface CgroupIdentity {
  /** The innermost container that the path lies in. */
  container: ContainerIdentity | null;
  /** The path is that container's own cgroup, not one beneath it. */
  isContainerRoot: boolean;
  /** The innermost systemd unit; inside a container it is the container's own unit. */
  unit: string | null;
  unitKind: UnitSample["kind"] | null;
}

const ID = "[0-9a-f]{64}";

/** Container named by one path segment, whatever stands around it. The id is the engine's own, 64 hex digits. */
const SEGMENTS: readonly { pattern: RegExp; engine: ContainerEngine }[] = [
  { pattern: new RegExp(`^docker-(${ID})\\.scope$`), engine: "docker" },
  // --cgroups=split puts the payload beneath the unit that started podman.
  { pattern: new RegExp(`^libpod-(?:payload-)?(${ID})(?:\\.scope)?$`), engine: "podman" },
  { pattern: new RegExp(`^(?:cri-containerd|containerd|nerdctl)-(${ID})\\.scope$`), engine: "containerd" },
  { pattern: new RegExp(`^crio-(${ID})(?:\\.scope)?$`), engine: "kubernetes" },
  // runc given a systemd-style name while it manages plain directories: "slice:prefix:id".
  { pattern: new RegExp(`^[^:/]*:[^:/]+:(${ID})$`), engine: "containerd" },
  { pattern: /^lxc\.payload\.(.+)$/, engine: "lxc" },
  { pattern: /^machine-lxc\\x2d\d*\\x2d(.+)\.scope$/, engine: "lxc" },
  { pattern: /^systemd-nspawn@(.+)\.service$/, engine: "nspawn" },
];

/** Directories whose children are containers named by a bare id (cgroupfs driver). */
const PARENTS: Readonly<Record<string, ContainerEngine>> = {
  docker: "docker",
  libpod_parent: "podman",
  buildkit: "docker",
};

const POD =
  /^(?:kubepods(?:-burstable|-besteffort)?-)?pod([0-9a-f]{8}[-_][0-9a-f_-]{27}|[0-9a-f]{32})(?:\.slice)?$/;
const UNIT = /\.(service|scope|slice|socket|mount|swap)$/;

/** systemd writes bytes that may not stand in a unit's name as \xNN (systemd.unit(5), "String escaping"). */
export function unescapeUnit(name: string): string {
  if (!name.includes("\\x")) return name;
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at++) {
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(name.slice(at, at + 4))?.[1];
    if (hex === undefined) {
      bytes.push(...new TextEncoder().encode(name[at]));
    } else {
      bytes.push(parseInt(hex, 16));
      at += 3;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function containerOf(segment: string, parent: string, pod: string | null): ContainerIdentity | null {
  for (const { pattern, engine } of SEGMENTS) {
    const found = pattern.exec(segment)?.[1];
    if (found === undefined) continue;
    const named = engine === "lxc" || engine === "nspawn";
    const name = named ? unescapeUnit(found) : null;
    return { id: name ?? found, engine: pod !== null ? "kubernetes" : engine, name, pod };
  }
  // machine-NAME.scope is nspawn's, save for virtual machines, which libvirt registers as machine-qemu-….
  const machine = /^machine-(?!qemu\\x2d|lxc\\x2d)(.+)\.scope$/.exec(segment)?.[1];
  if (machine !== undefined) {
    const name = unescapeUnit(machine);
    return { id: name, engine: "nspawn", name, pod: null };
  }
  if (new RegExp(`^${ID}$`).test(segment)) {
    return {
      id: segment,
      engine: pod !== null ? "kubernetes" : PARENTS[parent] ?? "unknown",
      name: null,
      pod,
    };
  }
  if ((parent === "lxc" || parent === "lxc.payload") && segment !== "") {
    return { id: segment, engine: "lxc", name: segment, pod: null };
  }
  if (parent === "buildkit" && /^[0-9a-z]{25}$/.test(segment)) {
    return { id: segment, engine: "docker", name: `buildkit ${segment}`, pod: null };
  }
  return null;
}

/** Reads a path like `/system.slice/docker-<id>.scope`. A path never fails: what it does not say is null. */
export function identifyCgroup(path: string): CgroupIdentity {
  const identity: CgroupIdentity = { container: null, isContainerRoot: false, unit: null, unitKind: null };
  let pod: string | null = null;
  let parent = "";
  for (const segment of path.split("/")) {
    if (segment === "" || segment === "..") continue;
    pod = POD.exec(segment)?.[1]?.replaceAll("_", "-") ?? pod;
    const container = containerOf(segment, parent, pod);
    identity.isContainerRoot = container !== null;
    if (container !== null) {
      identity.container = container;
      // A scope that only wraps a container is no unit a person would know; the service it runs in still is.
      if (identity.unitKind === "slice") identity.unit = identity.unitKind = null;
    } else {
      const kind = UNIT.exec(segment)?.[1];
      if (kind !== undefined) {
        const isSlice = kind === "slice";
        if (!isSlice || identity.unit === null || identity.unitKind === "slice") {
          identity.unit = unescapeUnit(segment);
          identity.unitKind = isSlice || kind === "service" || kind === "scope" ? kind as "slice" : "other";
        }
      }
    }
    parent = segment;
  }
  return identity;
}
