/** Who the process is, in words. */

import type { ProcessReply } from "../../api.ts";
import { bytes, moment, span } from "../../format.ts";
import { ProcessLink, shownName } from "../../components/process_cells.tsx";

export function Facts({ reply }: { reply: ProcessReply }) {
  const { process, is_gone, started_at_seconds, cpu_seconds, executable, parent } = reply;
  const age = started_at_seconds === null || reply.time_seconds === null
    ? null
    : reply.time_seconds - started_at_seconds;
  return (
    <header class="facts">
      <h2 class="subject">
        {shownName(process.name)} <small>{process.pid}</small>
      </h2>
      {is_gone && <p class="gone">It has ended; this is what was last seen of it.</p>}
      <dl>
        <Fact name="user" value={process.user} />
        <Fact name="unit" value={process.unit} />
        <Fact name="container" value={process.container?.slice(0, 12)} />
        {parent && (
          <div>
            <dt>parent</dt>
            <dd>
              <ProcessLink process={parent} /> <small>{parent.pid}</small>
            </dd>
          </div>
        )}
        <Fact
          name="started"
          value={started_at_seconds === null
            ? null
            : `${moment(started_at_seconds)}${age === null ? "" : `, ${span(age)} ago`}`}
        />
        <Fact name="CPU" value={cpu_seconds === null ? null : `${span(cpu_seconds)} in all`} />
        <Fact
          name="declared cap"
          value={reply.declared_limit && `${bytes(reply.declared_limit.bytes)}, ${reply.declared_limit.name}`}
        />
        <Fact name="state" value={STATES[process.state] ?? process.state} />
        <Fact name="executable" value={executable} />
      </dl>
      {process.command && (
        <pre class="command-line" tabIndex={0} role="region" aria-label="Command line">{process.command}</pre>
      )}
    </header>
  );
}

const STATES: Record<string, string> = {
  R: "running",
  S: "sleeping",
  D: "waiting for a device",
  Z: "zombie",
  T: "stopped",
  t: "traced",
  I: "idle",
};

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
