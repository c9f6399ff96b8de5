/** Containers and units as the tables show them, with growth and verdict. */

import type { ContainerSample, UnitSample } from "../../model/sample.ts";
import type { Verdict } from "../../model/finding.ts";
import { unitTitle } from "../../model/unit_title.ts";
import type { ContainerRow, Suspect, UnitRow } from "./api.ts";
import type { GroupHistory } from "./history/group_history.ts";

const MAX_ROWS = 500;

export function containerRows(
  containers: readonly ContainerSample[],
  suspects: readonly Suspect[],
  history: GroupHistory,
): ContainerRow[] {
  const rows = containers.map((container) => {
    const suspect = suspects.find(({ kind, subject }) =>
      kind === "container-memory" && subject.container === container.id
    );
    return {
      id: container.id,
      name: container.name ?? container.id.slice(0, 12),
      engine: container.engine,
      image: container.image,
      state: container.state,
      usage_bytes: container.usage_bytes,
      working_set_bytes: container.working_set_bytes,
      limit_bytes: container.limit_bytes,
      anon_bytes: container.anon_bytes,
      file_bytes: container.file_bytes,
      kernel_bytes: container.kernel_bytes,
      oom_kills: container.oom_kills,
      restarts: container.restarts,
      pids: container.pids,
      growth_bytes_per_hour: suspect?.rate_per_hour?.mid ?? history.containers.ratePerHour(container.id),
      verdict: suspect?.verdict ?? null,
      spark: history.containers.spark(container.id),
      processes: container.processes.slice(0, MAX_ROWS),
    };
  });
  return rows.sort(byGrowth).slice(0, MAX_ROWS);
}

const RANK: Partial<Record<Verdict, number>> = { leak: 2, growing: 1 };

interface Ranked {
  verdict: Verdict | null;
  growth_bytes_per_hour: number | null;
  usage_bytes: number | null;
}

/** What leaks first, then what grows, the fastest of these first; all others by size. */
function byGrowth(a: Ranked, b: Ranked): number {
  const rank = ({ verdict }: Ranked) => (verdict && RANK[verdict]) ?? 0;
  if (rank(a) !== rank(b)) return rank(b) - rank(a);
  return rank(a) > 0
    ? (b.growth_bytes_per_hour ?? 0) - (a.growth_bytes_per_hour ?? 0)
    : (b.usage_bytes ?? 0) - (a.usage_bytes ?? 0);
}

export function unitRows(
  units: readonly UnitSample[],
  suspects: readonly Suspect[],
  history: GroupHistory,
): UnitRow[] {
  return units
    .filter((unit) => unit.usage_bytes !== null)
    .map((unit): UnitRow => {
      const suspect = suspects.find(({ kind, subject }) =>
        kind === "unit-memory" && subject.cgroup === unit.cgroup
      );
      return {
        name: unitTitle(unit),
        kind: unit.kind,
        usage_bytes: unit.usage_bytes,
        limit_bytes: unit.limit_bytes,
        anon_bytes: unit.anon_bytes,
        growth_bytes_per_hour: suspect?.rate_per_hour?.mid ?? history.units.ratePerHour(unit.cgroup),
        verdict: suspect?.verdict ?? null,
        spark: history.units.spark(unit.cgroup),
      };
    })
    .sort(byGrowth)
    .slice(0, MAX_ROWS);
}
