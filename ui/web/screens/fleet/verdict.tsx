/** Verdicts of workloads: those of a single series, and two that only many lifetimes can have. */

import type { FleetRow, Verdict as VerdictName } from "../../api.ts";
import { Verdict } from "../../components/verdict.tsx";

const OF_MANY: Partial<Record<FleetRow["verdict"], { text: string; meaning: string }>> = {
  "leak-in-some-replicas": {
    text: "leak in some",
    meaning: "some replicas leak while most of them do not: compare their load",
  },
  "leak-hidden-by-restarts": {
    text: "leak, restarts",
    meaning: "each lifetime grew until it ended: restarts hide the leak",
  },
};

export const isAccused = ({ verdict, caused_by }: FleetRow): boolean =>
  verdict.startsWith("leak") && caused_by === null;

export const toneOfWorkload = ({ verdict, caused_by }: FleetRow): "leak" | "watch" | "calm" =>
  caused_by !== null
    ? "calm"
    : verdict.startsWith("leak")
    ? "leak"
    : verdict === "growing"
    ? "watch"
    : "calm";

export function WorkloadVerdict({ row }: { row: FleetRow }) {
  const ofMany = OF_MANY[row.verdict];
  if (row.caused_by !== null) {
    return <span class="verdict tone-calm" title="another workload's growth shows here too">echo</span>;
  }
  if (ofMany) {
    return (
      <span class="verdict tone-leak" title={ofMany.meaning}>
        <span aria-hidden="true">▲</span> {ofMany.text}
      </span>
    );
  }
  return <Verdict verdict={row.verdict as VerdictName} />;
}
