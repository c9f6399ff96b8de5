/** What is going on: charts on one axis, suspects beside them, and where the memory is. */

import { useMemo } from "preact/hooks";
import { type Composition, type NowReply, type SeriesReply, view } from "../api.ts";
import { knownParts } from "../composition_parts.ts";
import { takeFirstAlerts } from "../initial_state.ts";
import { useMachineSeries } from "../machine_series.ts";
import { heightOf } from "../components/chart.tsx";
import { GrowsMost } from "../components/grows_most.tsx";
import { LineChart, type LineChartProps } from "../components/line_chart.tsx";
import { MemoryBar } from "../components/memory_bar.tsx";
import { MEMORY_COLUMNS, MemoryChart } from "../components/memory_chart.tsx";
import { Note, NotRead, Pending } from "../components/state.tsx";
import { NoSuspects, Suspects } from "../components/suspects.tsx";
import { TimeControls } from "../components/time_controls.tsx";
import { type Resource, useResource } from "../use_fetch.ts";

/** Beneath the memory, on the same axis: what a lack of it does. */
const BENEATH: (Pick<LineChartProps, "title" | "unit" | "ceiling" | "lines"> & { zero: string })[] = [
  {
    title: "Pressure",
    zero: "no memory pressure",
    unit: "percent",
    ceiling: 1,
    lines: [
      { column: "pressure_some_percent", label: "some wait", color: "line-1" },
      { column: "pressure_full_percent", label: "all wait", color: "line-2", dashed: true },
    ],
  },
  {
    title: "Swap",
    zero: "no swap traffic",
    unit: "bytes-per-second",
    ceiling: 4096,
    lines: [
      { column: "swap_in_bytes_per_second", label: "in", color: "line-1" },
      { column: "swap_out_bytes_per_second", label: "out", color: "line-2", dashed: true },
    ],
  },
];
const COLUMNS = [...MEMORY_COLUMNS, ...BENEATH.flatMap(({ lines }) => lines.map(({ column }) => column))];
/** A recording's leaks lead nowhere any more. */
const NO_SUSPECTS: never[] = [];
const RENEW_ALERTS_SECONDS = 15;

export function NowScreen({ session, now }: { session: string | null; now: Resource<NowReply> }) {
  const isLive = session === null;
  const series = useMachineSeries(session, COLUMNS);
  const alerts = useResource(
    `alerts ${session}`,
    () => view(session).alerts({}),
    { seconds: isLive ? RENEW_ALERTS_SECONDS : null, first: () => isLive ? takeFirstAlerts() : null },
  );
  const marks = useMemo(() => [...alerts.data?.firing ?? [], ...alerts.data?.history ?? []], [alerts.data]);
  const state = now.data;
  if (!state) return <Pending resource={now} what={isLive ? "The state of this machine" : "The recording"} />;
  const { memory, suspects } = state;
  return (
    <>
      <div class="now">
        <div class="charts">
          <TimeControls />
          {!memory
            ? (
              <Note title="Memory cannot be read here">
                See below which sources are unavailable, and how to fix it.
              </Note>
            )
            : !series.data
            ? <Pending resource={series} what="The charts" />
            : (
              <>
                <MemoryChart
                  series={series.data}
                  memory={memory}
                  alerts={marks}
                  suspects={isLive ? suspects : NO_SUSPECTS}
                  trend={state.memory_trend}
                  height={heightOf(0.34, 200, 760)}
                />
                {BENEATH.filter((chart) => !isFlat(chart, series.data!)).map((chart) => (
                  <LineChart
                    key={chart.title}
                    {...chart}
                    className="secondary"
                    series={series.data!}
                    height={heightOf(0.11, 84, 240)}
                  />
                ))}
                <FlatLine titles={BENEATH.filter((chart) => isFlat(chart, series.data!))} />
              </>
            )}
          {memory && <Where memory={memory} />}
          <GrowsMost rows={state.grows_most} session={session} />
        </div>
        <Suspects suspects={suspects} session={session} more={state.more_suspects}>
          <NoSuspects
            isClassified={state.is_classified}
            calm={!memory
              ? "What cannot be read cannot be judged."
              : isLive
              ? "Nothing is proven to leak."
              : "Nothing was proven to leak."}
          />
        </Suspects>
      </div>
      <NotRead sources={state.unavailable} />
    </>
  );
}

/** What a chart of it would show is nothing: neither a wait nor a byte, or nothing that could be read. */
const isFlat = ({ lines }: typeof BENEATH[number], series: SeriesReply): boolean =>
  lines.every(({ column }) =>
    (series.high[column] ?? series.columns[column] ?? []).every((value) => value === null || value === 0)
  );

/** "No memory pressure and no swap traffic in this time." */
function FlatLine({ titles }: { titles: readonly { zero: string }[] }) {
  if (titles.length === 0) return null;
  const text = titles.map(({ zero }) => zero).join(" and ");
  return <p class="flat">{text.slice(0, 1).toUpperCase() + text.slice(1)} in this time.</p>;
}

function Where({ memory }: { memory: Composition }) {
  return (
    <section class="where" aria-labelledby="where">
      <h2 id="where">Where is my memory</h2>
      <MemoryBar
        label="Memory"
        total={memory.total_bytes}
        parts={knownParts(memory).map(({ column, label, color, hatched }) => ({
          name: label,
          bytes: memory[column]!,
          color,
          hatched,
        }))}
      />
    </section>
  );
}
