import type { ContainerSample } from "./sample.ts";

/** How a person calls a container: its name, in Kubernetes "namespace/pod/name", without a name the first digits of its id. */
export function containerTitle({ id, name, pod }: Pick<ContainerSample, "id" | "name" | "pod">): string {
  const own = name ?? id.slice(0, 12);
  // Without names the pod is a uid, which says less than the id.
  return pod?.includes("/") ? `${pod}/${own}` : own;
}
