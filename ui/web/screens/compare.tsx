/** Two sessions laid over each other by the time since their start: did this boot use more than that one? */

import { useEffect, useMemo } from "preact/hooks";
import { href, query } from "../address.ts";
import { type SeriesReply, view } from "../api.ts";
import { bytes, moment, rate } from "../format.ts";
import { compareRuns, comparisonHeadline, type Run, type RunChange } from "../../../model/compare_runs.ts";
import type { Column } from "../components/columns.tsx";
import { Table } from "../components/table.tsx";
import { LineChart } from "../components/line_chart.tsx";
import { Note, Pending } from "../components/state.tsx";
import { Swatch } from "../components/swatch.tsx";
import { useResource } from "../use_fetch.ts";
import { origin, recorded } from "../time_axis.ts";

const CHARTS = [
  { column: "used_bytes", title: "Not available" },
  { column: "programs_bytes", title: "Programs" },
  { column: "slab_bytes", title: "Slab" },
  { column: "unaccounted_bytes", title: "Unaccounted" },
];
const COLUMNS = "available_bytes,programs_bytes,slab_bytes,unaccounted_bytes";
const POINTS = "600";

interface Loaded {
  id: string;
  start: number;
  total: number;
  series: SeriesReply;
  run: Run;
}

async function load(id: string): Promise<Loaded> {
  const [now, more, series, { processes }] = await Promise.all([
    view(id).now(),
    view(id).moreSuspects(),
    view(id).series({ columns: COLUMNS, points: POINTS }),
    view(id).processes(),
  ]);
  const start = series.time_seconds[0] ?? 0;
  return {
    id,
    start,
    total: now.memory?.total_bytes ?? 0,
    series,
    run: {
      findings: [...now.suspects, ...more.suspects],
      process_names: new Set(processes.map(({ name }) => name)),
      seconds: (series.time_seconds.at(-1) ?? start) - start,
    },
  };
}

/** Both on the times of the longer one since its start; the other's value is its nearest earlier one. */
function overlay(a: Loaded, b: Loaded): SeriesReply {
  const length = (one: Loaded) => (one.series.time_seconds.at(-1) ?? 0) - one.start;
  const [base] = length(a) >= length(b) ? [a] : [b];
  const since = base!.series.time_seconds.map((time) => time - base!.start);
  const columns: SeriesReply["columns"] = {};
  for (const [suffix, one] of [["a", a], ["b", b]] as const) {
    const times = one.series.time_seconds.map((time) => time - one.start);
    for (const { column } of CHARTS) {
      const source = column === "used_bytes"
        ? one.series.columns["available_bytes"]?.map((value) => value === null ? null : one.total - value)
        : one.series.columns[column];
      let k = 0;
      columns[`${column}.${suffix}`] = since.map((at) => {
        while (k + 1 < times.length && times[k + 1]! <= at) k++;
        return at > length(one) + 60 ? null : source?.[k] ?? null;
      });
    }
  }
  // Both begin at a midnight: what is round on the axis is then round since the start, too.
  const midnight = new Date(a.start * 1000).setHours(0, 0, 0, 0) / 1000;
  return {
    from_seconds: midnight,
    to_seconds: midnight + (since.at(-1) ?? 60),
    time_seconds: since.map((at) => at + midnight),
    columns,
    low: {},
    high: {},
  };
}

export function CompareScreen() {
  const a = query.value.get("a") ?? "", b = query.value.get("b") ?? "";
  const resource = useResource(`compare ${a} ${b}`, async () => {
    if (!a || !b) return null;
    const [one, other] = await Promise.all([load(a), load(b)]);
    return { one, other, series: overlay(one, other) };
  });
  const loaded = resource.data;
  useEffect(() => {
    if (!loaded) return;
    recorded.value = { from: loaded.series.from_seconds, to: loaded.series.to_seconds };
    origin.value = loaded.series.from_seconds;
    return () => {
      origin.value = recorded.value = null;
    };
  }, [loaded]);
  const changes = useMemo(() => loaded && compareRuns(loaded.one.run, loaded.other.run), [loaded]);
  const difference = useMemo(() => loaded && differenceAtEnd(loaded.series), [loaded]);
  if (!a || !b) {
    return (
      <Note title="Two sessions are needed">
        <a href="/sessions">Choose them</a>
      </Note>
    );
  }
  if (!loaded || origin.value === null) return <Pending resource={resource} what="The two sessions" />;
  return (
    <>
      <h1 class={`headline tone-${changes!.some(({ after }) => after !== null) ? "leak" : "calm"}`}>
        {comparisonHeadline(changes!, loaded.one.run, loaded.other.run)}
      </h1>
      <p class="quiet">{difference}</p>
      <p class="pair">
        <span>
          <Swatch color="line-1" /> <a href={href("now", a)}>{a}</a> <small>{moment(loaded.one.start)}</small>
        </span>
        <span>
          <Swatch color="line-4" dashed /> <a href={href("now", b)}>{b}</a>{" "}
          <small>{moment(loaded.other.start)}</small>
        </span>
      </p>
      {changes!.length > 0 && (
        <section aria-labelledby="changes">
          <h2 id="changes">Leaks in the first and in the second</h2>
          <Table columns={CHANGES} rows={changes!} keyOf={({ subject }) => subject} />
        </section>
      )}
      <div class="charts">
        {CHARTS.map(({ column, title }, i) => (
          <LineChart
            key={column}
            title={title}
            series={loaded.series}
            unit="bytes"
            floats
            isOptional
            height={i === 0 ? 280 : 150}
            lines={[
              { column: `${column}.a`, label: "first", color: "line-1" },
              { column: `${column}.b`, label: "second", color: "line-4", dashed: true },
            ]}
          />
        ))}
      </div>
    </>
  );
}

const rateOf = (value: number | null, { unit }: RunChange) => value === null ? "0" : rate(value, unit);

const CHANGES: Column<RunChange>[] = [
  { name: "subject", label: "what", isHeading: true, cell: (row) => row.subject },
  { name: "before", label: "first", className: "number", cell: (row) => rateOf(row.before, row) },
  { name: "after", label: "second", className: "number", cell: (row) => rateOf(row.after, row) },
  {
    name: "outcome",
    label: "outcome",
    cell: (row) => <b class={`outcome is-${row.outcome}`}>{row.outcome}</b>,
  },
];

/** "At minute 30 the second uses 410 MiB more", at the last moment that both have. */
function differenceAtEnd({ columns, time_seconds, from_seconds }: SeriesReply): string {
  const a = columns["used_bytes.a"]!, b = columns["used_bytes.b"]!;
  for (let i = time_seconds.length - 1; i >= 0; i--) {
    if (a[i] == null || b[i] == null) continue;
    const more = b[i]! - a[i]!;
    const minute = Math.round((time_seconds[i]! - from_seconds) / 60);
    return Math.abs(more) < 1024 ** 2
      ? `At minute ${minute} both use the same.`
      : `At minute ${minute} the second used ${bytes(Math.abs(more))} ${
        more > 0 ? "more" : "less"
      } than the first.`;
  }
  return "The two have no moment in common.";
}
