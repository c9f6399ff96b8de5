/** The address is the state of a screen: what it holds can be sent to a colleague. */

import { computed, signal } from "@preact/signals";

export const SCREENS = ["now", "processes", "kernel", "containers", "alerts"] as const;
export type Screen =
  | typeof SCREENS[number]
  | "process"
  | "sessions"
  | "compare"
  | "fleet"
  | "lifetime"
  | "nowhere";

export interface Address {
  screen: Screen;
  /** Recorded session that the screen shows; null: this machine live. */
  session: string | null;
  pid: string;
  start_ticks: string;
}

const url = signal(new URL(location.href));

export const query = computed(() => url.value.searchParams);

export const address = computed<Address>(() => parse(url.value.pathname));

/** False where the time axis is that of a recording. */
export const isLive = computed(() =>
  address.value.session === null && address.value.screen !== "compare" && !isFleet.value
);

/** Whether a fleet's history is shown, and no machine. */
export const isFleet = computed(() =>
  address.value.screen === "fleet" || address.value.screen === "lifetime"
);

/** Paths: `/fleet`, `/fleet/lifetime`, `/SCREEN`, `/processes/PID/START`, `/sessions`, `/sessions/ID/SCREEN`, `/sessions/compare`. Pure. */
export function parse(path: string): Address {
  const parts = path.split("/").filter(Boolean).map(decode);
  const at = (screen: Screen, session: string | null = null): Address => ({
    screen,
    session,
    pid: "",
    start_ticks: "",
  });
  if (parts[0] === "sessions") {
    if (parts.length === 1) return at("sessions");
    if (parts[1] === "compare" && parts.length === 2) return at("compare");
  }
  if (parts[0] === "fleet") {
    return at(
      parts.length === 1 ? "fleet" : parts[1] === "lifetime" && parts.length === 2 ? "lifetime" : "nowhere",
    );
  }
  const session = parts[0] === "sessions" ? parts[1]! : null;
  const rest = session === null ? parts : parts.slice(2);
  if (rest.length === 0) return at("now", session);
  if (rest[0] === "processes" && rest.length === 3) {
    return { screen: "process", session, pid: rest[1]!, start_ticks: rest[2]! };
  }
  const screen = SCREENS.find((name) => name === rest[0] && name !== "now");
  return rest.length === 1 && screen ? at(screen, session) : at("nowhere");
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What stays when one goes from screen to screen. */
const KEPT = ["range", "from", "to"];

/** Address of a screen in the same view, with the same range of time. */
export function href(
  screen: string,
  session: string | null = address.value.session,
  extra: Record<string, string> = {},
): string {
  const base = session === null ? "" : `/sessions/${encodeURIComponent(session)}`;
  const path = screen === "now" ? base || "/" : `${base}/${screen}`;
  const parameters = new URLSearchParams();
  if (session === address.value.session && screen !== "sessions") {
    for (const name of KEPT) {
      const value = query.value.get(name);
      if (value !== null) parameters.set(name, value);
    }
  }
  for (const [name, value] of Object.entries(extra)) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

export function go(to: string): void {
  history.pushState(null, "", to);
  url.value = new URL(location.href);
  scrollTo(0, 0);
}

/** Changes parameters of this screen; null takes one away. `push` makes it a step to come back from. */
export function change(parameters: Record<string, string | null>, push = false): void {
  const next = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === "") next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  if (next.href === location.href) return;
  history[push ? "pushState" : "replaceState"](null, "", next);
  url.value = next;
}

/** Takes clicks on links of our own; those meant for a new tab stay the browser's. */
export function followLinks(): void {
  addEventListener("popstate", () => url.value = new URL(location.href));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) {
      return;
    }
    const anchor = (event.target as Element).closest("a");
    if (!anchor || anchor.origin !== location.origin || anchor.target || anchor.pathname === "/metrics") {
      return;
    }
    event.preventDefault();
    go(anchor.href);
  });
}
