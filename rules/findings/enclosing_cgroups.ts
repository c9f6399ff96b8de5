import type { Sample } from "../../model/sample.ts";
import type { Finding } from "../../model/finding.ts";

/** A cgroup is left out when findings inside it explain this share of its rate. */
const EXPLAINED = 0.5;

/**
 * Leaves out cgroups around what leaks: outside systemd a cgroup has no unit by which its processes could be told to be
 * inside, only the path; and parents (`/docker`, `/libpod_parent`) hold their children once more.
 */
export function withoutEnclosingCgroups(findings: readonly Finding[], sample: Sample): Finding[] {
  if (!findings.some((finding) => finding.kind === "unit-memory")) return [...findings];
  const paths = new Map(findings.map((finding) => [finding, cgroupOf(finding, sample)]));
  return findings.filter((outer) => {
    const path = paths.get(outer);
    if (outer.kind !== "unit-memory" || !path) return true;
    const inside = findings.filter((inner) => {
      const innerPath = paths.get(inner);
      if (inner === outer || inner.unit !== "bytes" || !innerPath) return false;
      return inner.kind === "process-memory"
        ? isWithin(innerPath, path)
        : innerPath !== path && isWithin(innerPath, path);
    });
    // Processes are inside their containers too: count each byte once, by the kind that explains most.
    const sums = ["process-memory", "container-memory", "unit-memory"].map((kind) =>
      inside.filter((inner) => inner.kind === kind).reduce(
        (sum, inner) => sum + (inner.rate_per_hour?.mid ?? 0),
        0,
      )
    );
    return Math.max(...sums) < EXPLAINED * (outer.rate_per_hour?.mid ?? Infinity);
  });
}

const isWithin = (path: string, parent: string) =>
  path === parent || path.startsWith(`${parent.replace(/\/$/, "")}/`);

function cgroupOf({ kind, subject }: Finding, sample: Sample): string | null {
  switch (kind) {
    case "process-memory":
      return sample.processes.find(({ pid, start_ticks }) =>
        pid === subject.pid && start_ticks === subject.start_ticks
      )?.cgroup ?? null;
    case "container-memory":
      return sample.containers.find(({ id }) => id === subject.container)?.cgroup ?? null;
    case "unit-memory":
      return sample.units.find(({ name }) => name === subject.name)?.cgroup ?? null;
    default:
      return null;
  }
}
