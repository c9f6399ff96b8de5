/** Every recorded session; two boots can be chosen and laid over each other. */

import { useState } from "preact/hooks";
import { go, href } from "../address.ts";
import { type SessionRow, sessions } from "../api.ts";
import { bytes, count, moment, span } from "../format.ts";
import { Command } from "../parts/copy.tsx";
import { Note, Pending } from "../parts/state.tsx";
import { useResource } from "../resource.ts";

const RENEW_SECONDS = 15;

export function SessionsScreen() {
  const resource = useResource("sessions", sessions, { seconds: RENEW_SECONDS });
  const [chosen, setChosen] = useState<string[]>([]);
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The recorded sessions" />;
  const choose = (id: string) =>
    setChosen((ids) => ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id].slice(-2));
  return (
    <div class="sessions">
      <header class="section-head">
        <h1 class="headline">
          {reply.sessions.length === 0
            ? "No recorded sessions yet."
            : `${count(reply.sessions.length)} recorded ${
              reply.sessions.length === 1 ? "session" : "sessions"
            }.`}
        </h1>
        {reply.sessions.length > 1 && (
          <button
            type="button"
            class="plain"
            disabled={chosen.length < 2}
            onClick={() => go(`/sessions/compare?${new URLSearchParams({ a: chosen[0]!, b: chosen[1]! })}`)}
          >
            {chosen.length < 2 ? "choose two to compare" : "lay over each other"}
          </button>
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
        : <Table rows={reply.sessions} chosen={chosen} choose={choose} />}
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
      <p class="quiet">Looked for in {reply.directories.join(", ")}.</p>
    </div>
  );
}

const ENDS: Record<string, string> = {
  duration: "its time was over",
  stopped: "stopped",
  killed: "killed",
  error: "failed",
};

function Table({ rows, chosen, choose }: { rows: SessionRow[]; chosen: string[]; choose(id: string): void }) {
  return (
    <div class="scroll-x">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">compare</span>
            </th>
            <th scope="col">started</th>
            <th scope="col">kind</th>
            <th scope="col">machine</th>
            <th scope="col" class="number">length</th>
            <th scope="col" class="number">every</th>
            <th scope="col">ended</th>
            <th scope="col" class="number">size</th>
            <th scope="col">kernel</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Compare ${row.id}`}
                  checked={chosen.includes(row.id)}
                  onChange={() => choose(row.id)}
                />
              </td>
              <th scope="row" class="plain">
                <a class="process-link" href={href("now", row.id)}>{moment(row.started_at_seconds)}</a>
              </th>
              <td>{row.kind}</td>
              <td>{row.hostname}</td>
              <td class="number">
                {row.ended_at_seconds === null ? "–" : span(row.ended_at_seconds - row.started_at_seconds)}
              </td>
              <td class="number">{row.interval_seconds === null ? "–" : span(row.interval_seconds)}</td>
              <td>
                {row.is_running
                  ? <b>still recording</b>
                  : ENDS[row.end_reason ?? ""] ?? row.end_reason ?? "without saying why"}
              </td>
              <td class="number">{bytes(row.size_bytes)}</td>
              <td class="faint">{row.kernel_release}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
