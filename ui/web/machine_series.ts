/** The machine's series over what is shown: loaded once, then grown by what the live stream brings. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type SeriesReply, view } from "./api.ts";
import { takeFirstSeries } from "./initial_state.ts";
import { now } from "./live.ts";
import { asked, shown, zoom } from "./time_axis.ts";
import { useResource } from "./use_fetch.ts";

/** One point per pixel is all that can be seen. */
const POINTS = Math.min(1200, Math.max(300, Math.round(innerWidth * Math.min(devicePixelRatio, 1.5) * 0.6)));

export function useMachineSeries(session: string | null, columns: readonly string[]) {
  const names = columns.join(",");
  const range = asked.value;
  const resource = useResource(
    `${session}|${names}|${JSON.stringify(range)}`,
    () => view(session).series({ columns: names, ...range, points: String(POINTS) }),
    {
      group: `${session}|${names}`,
      first: () => session === null ? takeFirstSeries(columns, range.last) : null,
    },
  );
  return { ...resource, data: useGrowing(resource.data, session === null && zoom.value === null) };
}

/** Appends live rows to a loaded series and lets go of what has left the range. */
function useGrowing(loaded: SeriesReply | null, isGrowing: boolean): SeriesReply | null {
  const grown = useRef<SeriesReply | null>(null);
  const source = useRef<SeriesReply | null>(null);
  const [, redraw] = useState(0);
  if (source.current !== loaded) {
    source.current = loaded;
    grown.current = loaded;
  }
  const latest = now.value;
  useEffect(() => {
    const series = grown.current;
    if (!isGrowing || !series || latest?.time_seconds == null) return;
    const { from, to } = shown.peek();
    const last = series.time_seconds.at(-1) ?? 0;
    if (latest.time_seconds <= last + (to - from) / (POINTS * 1.5)) return;
    grown.current = append(series, latest.time_seconds, latest.row, from);
    redraw((count) => count + 1);
  }, [latest, isGrowing, loaded]);
  return grown.current;
}

function append(
  series: SeriesReply,
  time: number,
  row: Record<string, number | null>,
  from: number,
): SeriesReply {
  // One point before the range stays, for the line that enters from the left.
  const gone = Math.max(0, series.time_seconds.findIndex((at) => at >= from) - 1);
  const grow = (columns: SeriesReply["columns"]) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, [...values.slice(gone), row[name] ?? null]]),
    );
  return {
    ...series,
    to_seconds: time,
    time_seconds: [...series.time_seconds.slice(gone), time],
    columns: grow(series.columns),
    low: grow(series.low),
    high: grow(series.high),
  };
}
