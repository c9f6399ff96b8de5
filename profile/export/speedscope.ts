/** The file format of speedscope.app (its file-format-schema.json, "sampled" profiles). Pure. */

import type { Profile } from "../profile.ts";
import type { ProfileResult } from "../result.ts";

/** One profile of the file per result that has stacks, weighed by bytes, or by count where bytes are not sound. */
export function toSpeedscope(profile: Profile): string {
  const frames: { name: string }[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (name: string) => {
    let index = indexes.get(name);
    if (index === undefined) {
      index = frames.push({ name }) - 1;
      indexes.set(name, index);
    }
    return index;
  };
  const profiles = profile.results.map((result) => sampled(result, indexOf));
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: `${profile.process.name} (${profile.process.pid})`,
    exporter: "leakwatch",
    activeProfileIndex: 0,
    shared: { frames },
    profiles,
  }) + "\n";
}

function sampled(result: ProfileResult, indexOf: (name: string) => number): unknown {
  const isBytes = result.sites.some((site) => site.live_bytes !== null);
  const sites = result.sites.filter((site) => ((isBytes ? site.live_bytes : site.count) ?? 0) > 0);
  const weights = sites.map((site) => (isBytes ? site.live_bytes : site.count) ?? 0);
  return {
    type: "sampled",
    name: `${result.method}${result.part === null ? "" : ` of ${result.part}`}: ${result.meaning}`,
    unit: isBytes ? "bytes" : "none",
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    // Outermost frame first; a type stands as the innermost one.
    samples: sites.map((site) =>
      [...[...site.stack].reverse(), ...(site.type === null ? [] : [site.type])].map(indexOf)
    ),
    weights,
  };
}
