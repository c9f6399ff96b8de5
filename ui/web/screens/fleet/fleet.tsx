/** A fleet's workloads, those that hurt first in front, each with its replicas as small charts. */

import { useEffect, useState } from "preact/hooks";
import { fleet, type FleetReply, type FleetRow } from "../../api.ts";
import { count, moment, plural, zone } from "../../format.ts";
import { Note, NotRead, Pending } from "../../components/state.tsx";
import { useResource } from "../../use_fetch.ts";
import { isAccused } from "./verdict.tsx";
import { WorkloadCard } from "./workload_card.tsx";
import { WorkloadTable } from "./workload_table.tsx";

const READING_SECONDS = 2, READY_SECONDS = 60;

export function FleetScreen() {
  const [seconds, setSeconds] = useState(READING_SECONDS);
  const resource = useResource("fleet", fleet, { seconds });
  const reply = resource.data;
  useEffect(() => {
    setSeconds(reply?.state === "ready" ? READY_SECONDS : READING_SECONDS);
    document.title = "fleet · leakwatch";
  }, [reply?.state]);
  if (!reply) return <Pending resource={resource} what="The fleet" />;
  if (reply.state !== "ready") return <Waiting reply={reply} />;
  const accused = reply.workloads.filter(isAccused);
  const others = reply.workloads.filter((row) => !isAccused(row));
  return (
    <div class="fleet">
      <h1 class={`headline tone-${accused.length > 0 ? "leak" : "calm"}`} aria-live="polite">
        <span>{headline(reply)}</span>
        {rest(reply)}
      </h1>
      <p class="quiet">{whence(reply)}</p>
      {accused.length > 0 && (
        <section aria-label="Workloads that leak">
          {accused.map((row) => <WorkloadCard key={row.id} row={row} />)}
        </section>
      )}
      <section class="fleet-others">
        <h2>{accused.length > 0 ? "All others" : "Workloads"}</h2>
        {others.length > 0 ? <WorkloadTable rows={others} /> : <Note title="Nothing else was read" />}
        {reply.more > 0 && <p class="quiet">{count(reply.more)} more that do not leak are not shown.</p>}
      </section>
      <NotRead sources={reply.unavailable} />
    </div>
  );
}

function Waiting({ reply: { state, message, progress } }: { reply: FleetReply }) {
  return state === "failed"
    ? (
      <>
        <h1 class="headline">The fleet could not be read.</h1>
        <Note title={message}>It is tried again while this page is open.</Note>
      </>
    )
    : (
      <div class="fleet-reading" role="status">
        <h1 class="headline">Reading the fleet's history.</h1>
        <progress value={progress} max={1} aria-label="How much is read" />
        <p class="quiet">{message}</p>
      </div>
    );
}

function headline({ counts }: FleetReply): string {
  const { leaking, workloads } = counts!;
  return leaking === 0
    ? `None of ${plural(workloads, "workload")} leaks.`
    : `${count(leaking)} of ${plural(workloads, "workload")} ${leaking === 1 ? "leaks" : "leak"}.`;
}

function rest({ counts }: FleetReply): string {
  const { leaking_since_version: since, full_within_a_day: full } = counts!;
  const parts = [
    since > 0 ? `${count(since)} since a roll-out` : "",
    full > 0 ? `${count(full)} ${full === 1 ? "meets its" : "meet their"} limit within a day` : "",
  ].filter(Boolean).join(", ");
  return parts && ` ${parts[0]!.toUpperCase()}${parts.slice(1)}.`;
}

function whence({ source, counts, read_at_seconds, message }: FleetReply): string {
  const { url, engine, version, start, end } = source!;
  const window = `${moment(Date.parse(start) / 1000)} to ${moment(Date.parse(end) / 1000)} (${zone()})`;
  return [
    `${url} · ${[engine, version].filter(Boolean).join(" ")}`,
    window,
    `${count(counts!.series)} series`,
    `read ${moment(read_at_seconds!)}`,
    message && `the last try failed: ${message}`,
  ].filter(Boolean).join(" · ");
}

export type { FleetRow };
