/** Reads the answers of a container engine's API (Docker's, version 1.41; podman speaks it too). Pure. */

import * as z from "zod/mini";
import type { DiskUsage } from "../../model/sample.ts";

/** Sizes are missing, null or −1 ("not computed") here and there: all of that is 0. */
const size = z.pipe(z.nullish(z.number()), z.transform((value) => Math.max(0, value ?? 0)));
const list = <T extends z.ZodMiniType>(item: T) =>
  z.pipe(z.nullish(z.array(item)), z.transform((value) => value ?? []));

export interface EngineVersion {
  engine: "docker" | "podman";
  version: string | null;
  /** The API version to ask for. */
  api: string;
  /** The newest that it speaks. */
  newest_api: string;
}

const WANTED_API = "1.41";

function isNewer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA !== majorB ? majorA > majorB : minorA > minorB;
}

/**
 * Who answers, from the headers of /_ping. /version would say it too, but podman starts three programs for it, which takes
 * many seconds on a small machine. The API is 1.41 where the engine speaks it, an older engine's own otherwise.
 */
export function parsePing(headers: ReadonlyMap<string, string>): EngineVersion {
  const libpod = headers.get("libpod-api-version");
  const newest = /^\d+\.\d+$/.exec(headers.get("api-version") ?? "")?.[0] ?? WANTED_API;
  return {
    engine: libpod === undefined ? "docker" : "podman",
    version: libpod ?? /^Docker\/([^ ]+)/.exec(headers.get("server") ?? "")?.[1] ?? null,
    api: isNewer(WANTED_API, newest) ? newest : WANTED_API,
    newest_api: newest,
  };
}

/** What an engine knows about one container and the kernel does not. */
export interface EngineContainer {
  id: string;
  name: string | null;
  image: string | null;
  /** "namespace/pod" from the labels that Kubernetes writes. */
  pod: string | null;
  running: boolean;
  restarts: number | null;
  oom_killed: boolean | null;
  exit_code: number | null;
}

/** Whoever starts a container names it, as long as he likes. */
const MAX_NAME = 256;
const cut = (name: string | null | undefined): string | null => name ? name.slice(0, MAX_NAME) : null;

const CONTAINER = z.object({
  Id: z.string(),
  Names: list(z.string()),
  Image: z.nullish(z.string()),
  Labels: z.nullish(z.record(z.string(), z.string())),
  State: z.nullish(z.string()),
  Status: z.nullish(z.string()),
});

/** /containers/json?all=1. One entry that is not as expected is left out, the others stay. */
export function parseContainers(json: unknown): EngineContainer[] {
  return z.array(z.unknown()).parse(json).flatMap((entry) => {
    const { data } = CONTAINER.safeParse(entry);
    if (data === undefined) return [];
    const labels = data.Labels ?? {};
    const pod = labels["io.kubernetes.pod.name"];
    const namespace = labels["io.kubernetes.pod.namespace"];
    const exit = /^Exited \((-?\d+)\)/.exec(data.Status ?? "")?.[1];
    return [{
      id: data.Id,
      name: cut(labels["io.kubernetes.container.name"] ?? data.Names[0]?.replace(/^\//, "")),
      image: cut(data.Image),
      pod: cut(pod === undefined ? null : namespace === undefined ? pod : `${namespace}/${pod}`),
      running: data.State === "running" || data.State === "paused" || data.State === "restarting",
      restarts: null,
      oom_killed: null,
      exit_code: exit === undefined ? null : Number(exit),
    }];
  });
}

const INSPECTION = z.object({
  RestartCount: z.nullish(z.number()),
  State: z.nullish(z.object({
    OOMKilled: z.nullish(z.boolean()),
    ExitCode: z.nullish(z.number()),
    Running: z.nullish(z.boolean()),
  })),
});

/** /containers/ID/json, into what the list told. An empty body or another shape changes nothing. */
export function applyInspection(container: EngineContainer, json: unknown): void {
  const { data } = INSPECTION.safeParse(json);
  if (data === undefined) return;
  container.restarts = data.RestartCount ?? container.restarts;
  container.oom_killed = data.State?.OOMKilled ?? container.oom_killed;
  if (data.State?.Running === false) container.exit_code = data.State.ExitCode ?? container.exit_code;
}

const SPACE = z.object({
  LayersSize: size,
  Images: list(z.object({ Size: size, SharedSize: size, Containers: z.nullish(z.number()) })),
  Containers: list(z.object({ SizeRw: size, State: z.nullish(z.string()) })),
  Volumes: list(
    z.object({ UsageData: z.nullish(z.object({ Size: size, RefCount: z.nullish(z.number()) })) }),
  ),
  BuildCache: list(z.object({ Size: size, InUse: z.nullish(z.boolean()), Shared: z.nullish(z.boolean()) })),
});

/** /system/df, reckoned as `docker system df` does: layers that images share count once. */
export function parseSpace(json: unknown): DiskUsage[] {
  const answer = SPACE.parse(json);
  const total = <T>(items: readonly T[], bytes: (item: T) => number) =>
    items.reduce((sum, item) => sum + bytes(item), 0);
  const { Images: images, Containers: containers, Volumes: volumes, BuildCache: cache } = answer;
  const used = images.filter((image) => (image.Containers ?? 0) > 0);
  const own = (image: { Size: number; SharedSize: number }) => Math.max(0, image.Size - image.SharedSize);
  // Podman 4 says LayersSize 0.
  const imageBytes = answer.LayersSize || total(images, own);
  const unusedImages = total(images.filter((image) => !used.includes(image)), own);
  return [
    { kind: "images", count: images.length, size_bytes: imageBytes, reclaimable_bytes: unusedImages },
    {
      kind: "containers",
      count: containers.length,
      size_bytes: total(containers, (container) => container.SizeRw),
      reclaimable_bytes: total(
        containers.filter((container) => container.State !== "running" && container.State !== "paused"),
        (container) => container.SizeRw,
      ),
    },
    {
      kind: "volumes",
      count: volumes.length,
      size_bytes: total(volumes, (volume) => volume.UsageData?.Size ?? 0),
      reclaimable_bytes: total(
        volumes.filter((volume) => volume.UsageData?.RefCount === 0),
        (volume) => volume.UsageData?.Size ?? 0,
      ),
    },
    {
      kind: "build-cache",
      count: cache.length,
      size_bytes: total(cache.filter((entry) => !entry.Shared), (entry) => entry.Size),
      reclaimable_bytes: total(cache.filter((entry) => !entry.Shared && !entry.InUse), (entry) => entry.Size),
    },
  ];
}
