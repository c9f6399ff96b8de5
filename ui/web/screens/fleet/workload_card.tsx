/** A workload that leaks: who, how fast, in how many replicas, since which version, what to type; its replicas drawn. */

import { useState } from "preact/hooks";
import type { FleetRow } from "../../api.ts";
import { Command } from "../../components/copy.tsx";
import { FEW, ReplicaCharts } from "./replica_charts.tsx";
import { toneOfWorkload, WorkloadVerdict } from "./verdict.tsx";

export function WorkloadCard({ row }: { row: FleetRow }) {
  const [all, setAll] = useState(false);
  const { name, kind, metric, confidence, message, why, next_step, shown_lifetimes } = row;
  return (
    <article class={`suspect workload tone-${toneOfWorkload(row)}`}>
      <header>
        <WorkloadVerdict row={row} />
        <span class="sure" title="how sure the verdict is">{Math.round(confidence * 100)} % sure</span>
      </header>
      <h2>
        {name} <small>{kind} · {metric}</small>
      </h2>
      <p class="message">{message}</p>
      <p class="evidence">{why}</p>
      <ReplicaCharts row={row} all={all} />
      {shown_lifetimes.length > FEW && (
        <button type="button" class="plain more" onClick={() => setAll(!all)}>
          {all ? `show the newest ${FEW}` : `show all ${shown_lifetimes.length}`}
        </button>
      )}
      {next_step && <Command text={next_step} />}
    </article>
  );
}
