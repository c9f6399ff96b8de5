/**
 * What the page's first chart is drawn from, written into the page itself: it is there before any script could ask for it. The
 * browser does not run it (its type is data), so the policy that forbids inline scripts has nothing to forbid.
 */

import { safeJson } from "../../model/safe_text.ts";
import type { InitialState } from "./api.ts";
import { OVERVIEW_COLUMN_NAMES } from "./columns.ts";
import type { LiveView } from "./live_view.ts";

/** What the page shows of this machine where its address names no range of time. */
const LAST_SECONDS = 900;
/** At the usual 2 s these are all samples of that time. */
const POINTS = 600;

/** One pass over some thousand processes; to be asked again would take the page longer. */
const PATIENCE_SECONDS = 0.1;

/** Null: there is no sample yet, or none as fresh as a screen should show. Sampling begins, if it rested. */
export async function initialState(live: LiveView): Promise<InitialState | null> {
  await live.ready(PATIENCE_SECONDS);
  if (!live.isFresh()) return null;
  const range = { from: null, to: null, last: LAST_SECONDS, points: POINTS };
  return {
    now: live.now(),
    alerts: live.alerts(),
    series: live.series(OVERVIEW_COLUMN_NAMES, range),
    last_seconds: LAST_SECONDS,
  };
}

/** The place in the page's HTML where it goes. */
const PLACE = '<script id="first-look" type="application/json">';

/** The page with the look in it. Names in it are chosen by processes: no `<` is left that could end the element. */
export function withInitialState(html: string, look: InitialState): string {
  const json = safeJson(look).replaceAll("<", "\\u003c");
  return html.replace(PLACE, () => PLACE + json);
}
