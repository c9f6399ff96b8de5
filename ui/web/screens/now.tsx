/** What is going on: charts on one axis, suspects beside them, and where the memory is. */

import { useMemo } from "preact/hooks";
import { type NowReply, view } from "../api.ts";
import { knownParts } from "../composition_parts.ts";
import { takeFirstAlerts } from "../first_look.ts";
import { useMachineSeries } from "../machine_series.ts";
import { GrowsMost } from "../parts/grows_most.tsx";
import { LineChart } from "../parts/line_chart.tsx";
import { MemoryBar } from "../parts/memory_bar.tsx";
import { MEMORY_COLUMNS, MemoryChart } from "../parts/memory_chart.tsx";
import { Note, NotRead, Pending } from "../parts/state.tsx";
import { SuspectCard } from "../parts/suspect_card.tsx";
import { TimeControls } from "../parts/time_controls.tsx";
import { type Resource, useResource } from "../resource.ts";

const COLUMNS = [
  ...MEMORY_COLUMNS,
  "pressure_some_percent",
  "pressure_full_percent",
  "swap_in_bytes_per_second",
  "swap_out_bytes_per_second",
];
/** A recording's leaks lead nowhere any more. */
const NO_SUSPECTS: never[] = [];
/** Charts grow with the window, so that a large screen is filled and a small one is not flooded. */
const tall = () => Math.round(Math.min(Math.max(innerHeight * 0.34, 200), 760));
const low = () => Math.round(Math.min(Math.max(innerHeight * 0.11, 84), 240));

export function NowScreen({ session, now }: { session: string | null; now: Resource<NowReply> }) {
  const series = useMachineSeries(session, COLUMNS);
  const alerts = useResource(
    `alerts ${session}`,
    () => view(session).alerts({}),
    { seconds: session === null ? 15 : null, first: () => session === null ? takeFirstAlerts() : null },
  );
  const marks = useMemo(() => [...alerts.data?.firing ?? [], ...alerts.data?.history ?? []], [alerts.data]);
  const state = now.data;
  if (!state) return <Pending resource={now} what="The state of this machine" />;
  return (
    <>
      <div class="now">
        <div class="charts">
          <TimeControls />
          {state.memory && series.data
            ? (
              <>
                <MemoryChart
                  series={series.data}
                  memory={state.memory}
                  alerts={marks}
                  suspects={session === null ? state.suspects : NO_SUSPECTS}
                  trend={state.memory_trend}
                  height={tall()}
                />
                <LineChart
                  title="Pressure"
                  className="secondary"
                  series={series.data}
                  unit="percent"
                  ceiling={1}
                  height={low()}
                  lines={[
                    { column: "pressure_some_percent", label: "some wait", color: "line-1" },
                    { column: "pressure_full_percent", label: "all wait", color: "line-2", dashed: true },
                  ]}
                />
                <LineChart
                  title="Swap"
                  className="secondary"
                  series={series.data}
                  unit="bytes-per-second"
                  ceiling={4096}
                  height={low()}
                  lines={[
                    { column: "swap_in_bytes_per_second", label: "in", color: "line-1" },
                    { column: "swap_out_bytes_per_second", label: "out", color: "line-2", dashed: true },
                  ]}
                />
              </>
            )
            : state.memory
            ? <Pending resource={series} what="The charts" />
            : (
              <Note title="Memory cannot be read here">
                See below what does not answer, and how to mend it.
              </Note>
            )}
          {state.memory && (
            <section class="where" aria-labelledby="where">
              <h2 id="where">Where is my memory</h2>
              <MemoryBar
                label="Memory"
                total={state.memory.total_bytes}
                parts={knownParts(state.memory).map(({ column, label, color, hatched }) => ({
                  name: label,
                  bytes: state.memory![column]!,
                  color,
                  hatched,
                }))}
              />
            </section>
          )}
          <GrowsMost rows={state.grows_most} session={session} />
        </div>
        <section class="suspects" aria-labelledby="suspects">
          <h2 id="suspects">Suspects</h2>
          {state.suspects.length === 0
            ? (
              <p class="quiet">
                {!state.is_judged
                  ? "It is too early for a verdict."
                  : session === null
                  ? "Nothing grows suspiciously."
                  : "Nothing grew suspiciously."}
              </p>
            )
            : state.suspects.map((suspect) => <SuspectCard key={suspect.key} suspect={suspect} />)}
        </section>
      </div>
      <NotRead sources={state.unavailable} />
    </>
  );
}
