/** Who leakwatch's own container is, when it runs inside one. */

import { type ContainerIdentity, identifyCgroup } from "./cgroup_identity.ts";
import type { Roots } from "../roots.ts";
import { readTextOrNull } from "../fs.ts";

const ID = /[0-9a-f]{64}/;

/**
 * The container's id from mountinfo text: version 1 shows the cgroup's path as the mount's root, and engines mount
 * /etc/hostname and /etc/resolv.conf from a directory named by the id. Null where nothing tells.
 */
export function parseOwnContainer(mountinfo: string): ContainerIdentity | null {
  for (const line of mountinfo.split("\n")) {
    const [, , , root, mount] = line.split(" ");
    if (root === undefined || mount === undefined) continue;
    if (line.includes(" - cgroup ")) {
      const container = identifyCgroup(root).container;
      if (container !== null) return container;
    }
    if (/^\/(etc\/(hostname|hosts|resolv\.conf)|run\/\.containerenv|run\/secrets)$/.test(mount)) {
      const id = ID.exec(root)?.[0];
      const engine = /containers\/storage|overlay-containers|libpod/.test(root) ? "podman" : "docker";
      if (id !== undefined) return { id, engine, name: null, pod: null };
    }
  }
  return null;
}

/** The container that leakwatch runs in; named by the host name where nothing better tells. */
export function ownContainer(roots: Roots): ContainerIdentity {
  const named = parseOwnContainer(readTextOrNull(`${roots.proc}/self/mountinfo`) ?? "");
  const hostname = (readTextOrNull(`${roots.proc}/sys/kernel/hostname`) ?? "").trim();
  if (named === null) return { id: hostname || "own", engine: "unknown", name: hostname || null, pod: null };
  return { ...named, name: named.name ?? (hostname || null) };
}
