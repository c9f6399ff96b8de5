/**
 * Names of Kubernetes containers from the kubelet's log directories, so that no engine and no API need answer:
 * /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log (a link for each container with a log) and
 * /var/log/pods/NAMESPACE_POD_UID (pkg/kubelet/kuberuntime/legacy.go and helpers.go). Only names of files are read.
 */

import type { Collector } from "../collector.ts";
import type { ContainerSample } from "../../model/sample.ts";
import { hostPath } from "../shared_memory/shared_memory.ts";

/** Files looked at in each directory; logs of containers long gone may pile up. */
const MAX_FILES = 10_000;

/** Names that Kubernetes allows (RFC 1123 subdomain): nothing to escape in them. What is otherwise is nobody's name. */
const NAME = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
const CONTAINER_LOG = new RegExp(`^(${NAME})_(${NAME})_(${NAME})-([0-9a-f]{64})\\.log$`);
const POD_DIRECTORY = new RegExp(`^(${NAME})_(${NAME})_([0-9a-f-]{32,36})$`);

export interface KubernetesName {
  id: string;
  name: string;
  /** "namespace/pod". */
  pod: string;
}

/** A name in /var/log/containers; null where it is not as the kubelet makes them. Pure. */
export function parseContainerLog(file: string): KubernetesName | null {
  const [, pod, namespace, name, id] = CONTAINER_LOG.exec(file) ?? [];
  return id === undefined ? null : { id, name: name!, pod: `${namespace}/${pod}` };
}

/** A name in /var/log/pods; null where it is not as the kubelet makes them. Pure. */
export function parsePodDirectory(directory: string): { uid: string; pod: string } | null {
  const [, namespace, pod, uid] = POD_DIRECTORY.exec(directory) ?? [];
  return uid === undefined ? null : { uid, pod: `${namespace}/${pod}` };
}

/** Pods with a name are "namespace/pod"; before, the path of the cgroup gave its uid. */
const isNameless = ({ engine, name, pod }: ContainerSample) =>
  engine === "kubernetes" && (name === null || !pod?.includes("/"));

/** Throws what Deno throws where the directory is forbidden; a missing one is empty. */
function listFiles(directory: string): string[] {
  const files: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(directory)) if (files.push(name) >= MAX_FILES) break;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

/** Container and pod names, where no engine has told them. */
export function kubernetesNamesCollector(): Collector {
  return {
    name: "kubernetes_names",
    source: "/var/log/containers, /var/log/pods",
    tier: "slow",
    collect(sample, { roots }) {
      const nameless = sample.containers.filter(isNameless);
      if (nameless.length === 0) return;
      const byId = new Map<string, KubernetesName>();
      for (const file of listFiles(hostPath(roots, "/var/log/containers"))) {
        const named = parseContainerLog(file);
        if (named !== null) byId.set(named.id, named);
      }
      // A pod's pause container has no log: its pod's uid tells at least where it belongs.
      const byUid = new Map<string, string>();
      for (const directory of listFiles(hostPath(roots, "/var/log/pods"))) {
        const named = parsePodDirectory(directory);
        if (named !== null) byUid.set(named.uid, named.pod);
      }
      for (const container of nameless) {
        const named = byId.get(container.id);
        container.name ??= named?.name ?? null;
        container.pod = named?.pod ?? byUid.get(container.pod ?? "") ?? container.pod;
      }
    },
  };
}
