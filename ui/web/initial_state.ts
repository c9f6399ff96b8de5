/** What the server wrote into the page for its first chart; each part is taken once, for later it is old. */

import type { AlertsReply, InitialState, SeriesReply } from "./api.ts";

const look = JSON.parse(document.getElementById("first-look")?.textContent || "null") as InitialState | null;
let alerts = look?.alerts ?? null, series = look?.series ?? null;

export const firstNow = look?.now ?? null;

export function takeFirstAlerts(): AlertsReply | null {
  const taken = alerts;
  alerts = null;
  return taken;
}

/** Null where other columns or another range are asked for. */
export function takeFirstSeries(columns: readonly string[], last: string | undefined): SeriesReply | null {
  const taken = series;
  series = null;
  if (!taken || last !== String(look!.last_seconds)) return null;
  return columns.every((name) => name in taken.columns) ? taken : null;
}
