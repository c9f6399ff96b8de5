/** What stands around every screen: where one is, how to go elsewhere, and whether it is true now. */

import type { ComponentChildren } from "preact";
import { address, href, SCREENS } from "../address.ts";
import type { NowReply } from "../api.ts";
import { ago, moment, span, zone } from "../format.ts";
import { link, now, silence } from "../live.ts";
import type { Resource } from "../use_fetch.ts";
import { nextTheme, theme } from "../theme.ts";

const LABELS: Record<string, string> = {
  now: "Now",
  processes: "Processes",
  kernel: "Kernel",
  containers: "Containers",
  alerts: "Alerts",
  sessions: "Sessions",
};

export function Frame({ state, children }: { state: NowReply | null; children: ComponentChildren }) {
  const { session, screen } = address.value;
  const isHere = (name: string) => screen === name || screen === "process" && name === "processes";
  const firing = state?.alerts_firing ?? 0;
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>Skip to content</a>
      <header class="top">
        <Brand />
        <span class="host">{state?.view.hostname}</span>
        <nav aria-label="Screens">
          {SCREENS.map((name) => (
            <a key={name} href={href(name)} aria-current={isHere(name) ? "page" : undefined}>
              {session !== null && name === "now" ? "Overview" : LABELS[name]}
              {name === "alerts" && firing > 0 && (
                <b class="badge">
                  {firing}
                  <span class="unseen">firing</span>
                </b>
              )}
            </a>
          ))}
          <a
            href="/sessions"
            aria-current={screen === "sessions" || screen === "compare" ? "page" : undefined}
          >
            {LABELS["sessions"]}
          </a>
        </nav>
        <Status isLive={session === null} />
        <ThemeButton />
      </header>
      {session !== null && state && <Recording state={state} session={session} />}
      <main id="main" tabIndex={-1}>{children}</main>
    </>
  );
}

export function Brand() {
  return (
    <a class="brand" href="/">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M4 25h5v-5h6v-5h6v-6h7" />
      </svg>
      leakwatch
    </a>
  );
}

export function ThemeButton() {
  return (
    <button
      type="button"
      class="theme"
      onClick={nextTheme}
      aria-label={`Colours: ${theme.value}`}
      title={`colours: ${theme.value}`}
    >
      {theme.value === "auto" ? "◐" : theme.value === "dark" ? "●" : "○"}
    </button>
  );
}

export function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const STATUS = { connecting: "connecting", live: "live", late: "late", lost: "disconnected" } as const;

function Status({ isLive }: { isLive: boolean }) {
  if (!isLive) return <span class="status">recorded</span>;
  const state = link.value;
  return (
    <span class={`status is-${state}`} role="status">
      <i aria-hidden="true" />
      {STATUS[state]}
      {(state === "late" || state === "lost") && silence.value > 0 && <small>{ago(silence.value)}</small>}
    </span>
  );
}

function Recording({ state, session }: { state: NowReply; session: string }) {
  const { from_seconds: from, to_seconds: to } = state.view;
  return (
    <aside class="recording" aria-label="Recording">
      <b>{session}</b>
      {from !== null && to !== null && (
        <span>{moment(from)} to {moment(to)} ({zone()}) · {span(to - from)}</span>
      )}
      <a href="/">back to this machine live</a>
    </aside>
  );
}

/** The first line: the server's sentence, or what is wrong with hearing it. */
export function Headline({ now: { data: state, error } }: { now: Resource<NowReply> }) {
  const isLive = address.value.session === null;
  const { text: said, tone } = headlineFor(state, isLive, error);
  const text = withUnitsKept(said);
  // Only the accusing clause has a colour; what follows from it is plain ink.
  const end = text.indexOf(". ") + 1 || text.length;
  return (
    <h1 class={`headline tone-${tone}`} aria-live="polite">
      <span>{text.slice(0, end)}</span>
      {text.slice(end)}
    </h1>
  );
}

/** A number is not parted from its unit by the end of a line. */
const withUnitsKept = (text: string): string =>
  text.replace(/(\d) (?=[KMGT]iB|B|%|min|h|s|days)/g, "$1\u00a0");

function headlineFor(
  state: NowReply | null,
  isLive: boolean,
  error: Error | null,
): { text: string; tone: string } {
  if (isLive && link.value === "lost") {
    const last = now.value?.headline.text;
    return {
      text: `The server does not answer${silence.value < 5 ? "" : `, for ${span(silence.value)} now`}.${
        last ? ` Last known: ${last}` : ""
      }`,
      tone: "blind",
    };
  }
  if (!state && error) {
    return {
      text: isLive ? "The server does not answer as it should." : "This recording cannot be opened.",
      tone: "blind",
    };
  }
  if (!state) return { text: isLive ? "Looking at this machine." : "Opening the recording.", tone: "calm" };
  if (isLive && link.value === "late") {
    return { text: `No new sample for ${span(silence.value)}. ${state.headline.text}`, tone: "blind" };
  }
  return state.headline;
}
