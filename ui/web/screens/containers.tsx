/** Containers and units: what they use against what they may. */

import { type ContainerRow, type ContainersReply, type UnitRow, view } from "../api.ts";
import { bytes, count } from "../format.ts";
import { bytesColumn, type Column, growthColumns, numberColumn } from "../components/columns.tsx";
import { Gauge } from "../components/gauge.tsx";
import { Glossary } from "../components/glossary.tsx";
import { Note, NotRead, Pending } from "../components/state.tsx";
import { isUrgent } from "../../../model/urgency.ts";
import { bySubject, SuspectCard } from "../components/suspect_card.tsx";
import { Table } from "../components/table.tsx";
import { useResource } from "../use_fetch.ts";

const RENEW_SECONDS = 6;
/** The tables below begin with what leaks. */
const MAX_CARDS = 3;

export function ContainersScreen({ session }: { session: string | null }) {
  const resource = useResource(
    `containers ${session}`,
    () => view(session).containers({}),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The containers" />;
  const { suspects, containers, units } = reply;
  const cards = bySubject(suspects.filter(isUrgent)).slice(0, MAX_CARDS);
  return (
    <>
      {cards.length > 0 && (
        <section class="suspect-row" aria-labelledby="suspects">
          <h2 id="suspects" class="unseen">Leaks</h2>
          {cards.map((about) => <SuspectCard key={about[0]!.key} about={about} />)}
        </section>
      )}
      {containers.length === 0
        ? (
          <Note title={session === null ? "No containers run here" : "No containers were recorded"}>
            Docker, podman, containerd, Kubernetes, LXC and nspawn are found by their cgroups; no engine has
            to answer.
          </Note>
        )
        : (
          <section aria-labelledby="containers">
            <h2 id="containers">
              Containers <small>{count(containers.length)}</small>
            </h2>
            <Table columns={CONTAINERS} rows={containers} keyOf={(row) => row.id} sortedBy="containers" />
          </section>
        )}
      {units.length > 0 && (
        <section aria-labelledby="units">
          <h2 id="units">
            Units <small>{count(units.length)}</small>
          </h2>
          <Table columns={UNITS} rows={units} keyOf={(row) => row.name} sortedBy="units" />
        </section>
      )}
      <Space engines={reply.engines} />
      <NotRead sources={reply.unavailable} />
    </>
  );
}

type Limited = Pick<ContainerRow, "usage_bytes" | "limit_bytes">;

/** What is used and how near to the limit that is. */
const useColumns = <Row extends Limited>(): Column<Row>[] => [
  bytesColumn("usage", "usage", (row) => row.usage_bytes),
  {
    name: "limit",
    label: "of limit",
    sortBy: ({ usage_bytes: used, limit_bytes: limit }) => used !== null && limit ? used / limit : null,
    cell: (row) => <Gauge used={row.usage_bytes} limit={row.limit_bytes} />,
  },
];

const CONTAINERS: Column<ContainerRow>[] = [
  {
    name: "name",
    label: "name",
    isHeading: true,
    sortBy: (row) => row.name,
    cell: (row) => (
      <>
        {row.name} <small class="wide">{row.engine}{row.state === "stopped" && ", stopped"}</small>
      </>
    ),
  },
  ...useColumns<ContainerRow>(),
  ...growthColumns<ContainerRow>((row) => row.spark),
  bytesColumn("working_set", "working set", (row) => row.working_set_bytes, {
    hint: "usage without the file pages that were not used lately",
    className: "wide",
  }),
  numberColumn("oom_kills", "OOM kills", (row) => row.oom_kills, count, {
    className: "wide",
    cell: (row) => row.oom_kills ? <b>{count(row.oom_kills)}</b> : count(row.oom_kills),
  }),
  numberColumn("restarts", "restarts", (row) => row.restarts, count, { className: "wide" }),
  numberColumn("pids", "processes", (row) => row.pids, count, { className: "wide" }),
  {
    name: "image",
    label: "image",
    className: "long faint wide",
    sortBy: (row) => row.image,
    cell: (row) => row.image ?? "",
  },
];

const UNITS: Column<UnitRow>[] = [
  { name: "name", label: "unit", isHeading: true, sortBy: (row) => row.name, cell: (row) => row.name },
  ...useColumns<UnitRow>(),
  ...growthColumns<UnitRow>((row) => row.spark),
  bytesColumn("anon", "anonymous", (row) => row.anon_bytes, { className: "wide" }),
];

function Space({ engines }: { engines: ContainersReply["engines"] }) {
  const parts = engines.flatMap(({ engine, space }) => space.map((part) => ({ engine, ...part })));
  if (parts.length === 0) return null;
  return (
    <section aria-labelledby="space">
      <h2 id="space">Space on disk</h2>
      <Glossary
        entries={parts.map(({ engine, kind, size_bytes, count: number, reclaimable_bytes: unused }) => ({
          name: (
            <>
              {kind.replace("-", " ")} <small>{engine}</small>
            </>
          ),
          value: bytes(size_bytes),
          more: count(number),
          meaning: unused ? `${bytes(unused)} could be reclaimed` : unused === 0 ? "all of it is used" : "",
        }))}
      />
    </section>
  );
}
