/** The lives of a workload's replicas as small multiples, with its roll-outs as lines; each leads to its own chart. */

import type { FleetLife, FleetRow } from "../../api.ts";
import { moment, rate, span } from "../../format.ts";
import { extentOf, LifeSpark } from "./life_spark.tsx";

/** Unasked this many are drawn; the newest are last. */
export const FEW = 12;

export function ReplicaCharts({ row, all }: { row: FleetRow; all: boolean }) {
  const drawn = row.shown_lives.filter(({ sketch }) => sketch !== null);
  const lives = all ? drawn : drawn.slice(-FEW);
  const extent = extentOf(lives);
  if (!extent) return null;
  const rollouts = rolloutsOf(row);
  return (
    <>
      <ul class="multiples lives">
        {lives.map((life) => (
          <li key={life.id}>
            <a href={lifeHref(row, life)}>
              <b>{shortName(row, life)}</b> <span class="unseen">{life.verdict}</span>
              <LifeSpark life={life} extent={extent} rollouts={rollouts.map(({ time }) => time)} />
              <span>
                {life.rate_per_hour && rate(life.rate_per_hour.mid, row.unit)} <em>{lasted(life)}</em>
                {life.version && <em class="version">{life.version}</em>}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {rollouts.length > 0 && (
        <p class="quiet rollouts">
          <svg viewBox="0 0 8 12" aria-hidden="true">
            <path class="rollout" d="M4 0V12" />
          </svg>
          {rollouts.map(({ version, time }) => `${version} rolled out ${moment(time)}`).join(" · ")}
        </p>
      )}
    </>
  );
}

/** The first version was there before the window: no roll-out was seen. */
export const rolloutsOf = ({ versions }: FleetRow): { version: string; time: number }[] =>
  versions.slice(1).map(({ version, since }) => ({ version, time: Date.parse(since) / 1000 }));

export const lifeHref = (row: FleetRow, life: FleetLife): string =>
  `/fleet/life?${new URLSearchParams({ workload: row.id, life: life.id })}`;

export const nameOfLife = ({ labels }: FleetLife): string =>
  labels["pod"] ?? labels["instance"] ?? Object.values(labels)[0] ?? "one life";

/** Under its workload's title a pod needs not repeat the workload's name. */
function shortName({ key }: FleetRow, life: FleetLife): string {
  const name = nameOfLife(life), prefix = `${key["workload"]}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

const lasted = ({ start, end, is_alive }: FleetLife): string =>
  `${span((Date.parse(end) - Date.parse(start)) / 1000)}${is_alive ? "" : ", ended"}`;
