/** The lifetimes of a workload's replicas as small multiples, with its roll-outs as lines; each leads to its own chart. */

import type { FleetLifetime, FleetRow } from "../../api.ts";
import { moment, rate, span } from "../../format.ts";
import { extentOf, LifetimeSpark } from "./lifetime_spark.tsx";

/** Unasked this many are drawn; the newest are last. */
export const FEW = 12;

export function ReplicaCharts({ row, all }: { row: FleetRow; all: boolean }) {
  const drawn = row.shown_lifetimes.filter(({ sketch }) => sketch !== null);
  const lifetimes = all ? drawn : drawn.slice(-FEW);
  const extent = extentOf(lifetimes);
  if (!extent) return null;
  const rollouts = rolloutsOf(row);
  return (
    <>
      <ul class="multiples lifetimes">
        {lifetimes.map((lifetime) => (
          <li key={lifetime.id}>
            <a href={lifetimeHref(row, lifetime)}>
              <b>{shortName(row, lifetime)}</b> <span class="unseen">{lifetime.verdict}</span>
              <LifetimeSpark
                lifetime={lifetime}
                extent={extent}
                rollouts={rollouts.map(({ time }) => time)}
              />
              <span>
                {lifetime.rate_per_hour && rate(lifetime.rate_per_hour.mid, row.unit)}{" "}
                <em>{lasted(lifetime)}</em>
                {lifetime.version && <em class="version">{lifetime.version}</em>}
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

export const lifetimeHref = (row: FleetRow, lifetime: FleetLifetime): string =>
  `/fleet/lifetime?${new URLSearchParams({ workload: row.id, lifetime: lifetime.id })}`;

export const nameOfLifetime = ({ labels }: FleetLifetime): string =>
  labels["pod"] ?? labels["instance"] ?? Object.values(labels)[0] ?? "one lifetime";

/** Under its workload's title a pod needs not repeat the workload's name. */
function shortName({ key }: FleetRow, lifetime: FleetLifetime): string {
  const name = nameOfLifetime(lifetime), prefix = `${key["workload"]}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

const lasted = ({ start, end, is_alive }: FleetLifetime): string =>
  `${span((Date.parse(end) - Date.parse(start)) / 1000)}${is_alive ? "" : ", ended"}`;
