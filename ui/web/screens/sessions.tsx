/** Every recorded session; two boots can be chosen and laid over each other. */

import { useState } from "preact/hooks";
import { go, href } from "../address.ts";
import { type SessionRow, sessions } from "../api.ts";
import { count, moment, plural, span } from "../format.ts";
import { bytesColumn, type Column, numberColumn } from "../components/columns.tsx";
import { Command } from "../components/copy.tsx";
import { Note, Pending } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { useResource } from "../use_fetch.ts";

const RENEW_SECONDS = 15;

export function SessionsScreen() {
  const resource = useResource("sessions", sessions, { seconds: RENEW_SECONDS });
  const [chosen, setChosen] = useState<SessionRow | null>(null);
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The recorded sessions" />;
  const choose = (row: SessionRow) => {
    if (chosen === null || chosen.id === row.id) return setChosen(chosen === null ? row : null);
    // A fix comes later than what it mends.
    const [a, b] = [chosen, row].sort((one, other) => one.started_at_seconds - other.started_at_seconds);
    go(`/sessions/compare?${new URLSearchParams({ a: a!.id, b: b!.id })}`);
  };
  return (
    <div class="sessions">
      <header class="section-head">
        <h1 class="headline">
          {reply.sessions.length === 0
            ? "No recorded sessions yet."
            : `${plural(reply.sessions.length, "recorded session")}.`}
        </h1>
        {reply.sessions.length > 1 && (
          <span class="quiet" role="status">
            {chosen === null ? "" : `Compare ${moment(chosen.started_at_seconds)} with which other one?`}
          </span>
        )}
      </header>
      {reply.sessions.length === 0
        ? (
          <Note title="A session is made by watching">
            <p>Watch this machine for two hours, a sample every 15 s:</p>
            <Command text="leakwatch monitor 120 15" />
            <p>Or from every boot on, as a service:</p>
            <Command text="sudo leakwatch boot --install-service" />
          </Note>
        )
        : (
          <Table
            columns={columns(chosen, choose)}
            rows={reply.sessions}
            keyOf={(row) => row.id}
            sortedBy="sort"
            most={50}
          />
        )}
      {reply.unreadable.length > 0 && (
        <details class="not-read">
          <summary>{count(reply.unreadable.length)} could not be read</summary>
          <ul>
            {reply.unreadable.map(({ path, why }) => (
              <li key={path}>
                <b>{path}</b> {why}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p class="quiet">Searched in {reply.directories.join(", ")}.</p>
    </div>
  );
}

const ENDS: Record<string, string> = {
  duration: "as planned",
  stopped: "stopped",
  killed: "killed",
  error: "failed",
};

const columns = (chosen: SessionRow | null, choose: (row: SessionRow) => void): Column<SessionRow>[] => [
  {
    name: "compare",
    label: "compare",
    cell: (row) => {
      const text = chosen === null ? "compare" : chosen.id === row.id ? "chosen" : "with this";
      return (
        <button
          type="button"
          class="plain"
          aria-label={`${text} ${row.id}`}
          aria-pressed={chosen?.id === row.id}
          onClick={() => choose(row)}
        >
          {text}
        </button>
      );
    },
  },
  {
    name: "started",
    label: "started",
    isHeading: true,
    sortBy: (row) => row.started_at_seconds,
    cell: (row) => <a class="process-link" href={href("now", row.id)}>{moment(row.started_at_seconds)}</a>,
  },
  { name: "kind", label: "kind", sortBy: (row) => row.kind, cell: (row) => row.kind },
  {
    name: "machine",
    label: "machine",
    className: "wide",
    sortBy: (row) => row.hostname,
    cell: (row) => row.hostname,
  },
  numberColumn("length", "length", lengthOf, spanOrDash),
  numberColumn("every", "every", (row) => row.interval_seconds, spanOrDash, { className: "wide" }),
  {
    name: "ended",
    label: "ended",
    className: "wide",
    cell: (row) =>
      row.is_running
        ? <b>still recording</b>
        : ENDS[row.end_reason ?? ""] ?? row.end_reason ?? "reason unknown",
  },
  bytesColumn("size", "size", (row) => row.size_bytes, { className: "wide" }),
  { name: "kernel", label: "kernel", className: "faint wide", cell: (row) => row.kernel_release },
];

const lengthOf = ({ started_at_seconds: start, ended_at_seconds: end }: SessionRow) =>
  end === null ? null : end - start;
const spanOrDash = (seconds: number | null) => seconds === null ? "–" : span(seconds);
