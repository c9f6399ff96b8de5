/** Containers and units: what they use against what they may. */

import { type ContainerRow, type ContainersReply, type UnitRow, view } from "../api.ts";
import { bytes, bytesPerHour, count, share } from "../format.ts";
import { Spark } from "../parts/spark.tsx";
import { Note, NotRead, Pending } from "../parts/state.tsx";
import { SuspectCard } from "../parts/suspect_card.tsx";
import { toneOf, Verdict } from "../parts/verdict.tsx";
import { useResource } from "../resource.ts";

const RENEW_SECONDS = 6;

export function ContainersScreen({ session }: { session: string | null }) {
  const resource = useResource(
    `containers ${session}`,
    () => view(session).containers({}),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The containers" />;
  return (
    <>
      {reply.suspects.length > 0 && (
        <section class="suspect-row" aria-labelledby="suspects">
          <h2 id="suspects" class="unseen">Suspects</h2>
          {reply.suspects.map((suspect) => <SuspectCard key={suspect.key} suspect={suspect} />)}
        </section>
      )}
      {reply.containers.length === 0
        ? (
          <Note title={session === null ? "No containers run here" : "No containers were recorded"}>
            Docker, podman, containerd, Kubernetes, LXC and nspawn are found by their cgroups; no engine has
            to answer.
          </Note>
        )
        : <Containers rows={reply.containers} />}
      <Units rows={reply.units} />
      <Space engines={reply.engines} />
      <NotRead sources={reply.unavailable} />
    </>
  );
}

/** Usage against its limit; nothing is drawn where there is no limit to be near to. */
function Gauge({ used, limit }: { used: number | null; limit: number | null }) {
  if (used === null || limit === null || limit <= 0) return <small>no limit</small>;
  const part = Math.min(1, used / limit);
  const tone = part > 0.9 ? "leak" : part > 0.8 ? "watch" : "calm";
  return (
    <span class={`gauge tone-${tone}`}>
      <i style={{ "--share": `${part * 100}%` }} />
      <span>
        {share(used, limit)} <small>of {bytes(limit)}</small>
      </span>
    </span>
  );
}

function Containers({ rows }: { rows: readonly ContainerRow[] }) {
  return (
    <section aria-labelledby="containers">
      <h2 id="containers">
        Containers <small>{count(rows.length)}</small>
      </h2>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" class="number">usage</th>
              <th scope="col">against limit</th>
              <th scope="col" class="number">working set</th>
              <th scope="col" class="number">growth</th>
              <th scope="col">trend</th>
              <th scope="col">verdict</th>
              <th scope="col" class="number">OOM kills</th>
              <th scope="col" class="number">restarts</th>
              <th scope="col" class="number">processes</th>
              <th scope="col">image</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row" class="plain">
                  {row.name} <small>{row.engine}{row.state === "stopped" && ", stopped"}</small>
                </th>
                <td class="number">{bytes(row.usage_bytes)}</td>
                <td>
                  <Gauge used={row.usage_bytes} limit={row.limit_bytes} />
                </td>
                <td class="number">{bytes(row.working_set_bytes)}</td>
                <td class="number">{bytesPerHour(row.growth_bytes_per_hour)}</td>
                <td>
                  <Spark spark={row.spark} tone={toneOf(row.verdict)} />
                </td>
                <td>
                  <Verdict verdict={row.verdict} />
                </td>
                <td class={`number${row.oom_kills ? " grows" : ""}`}>{count(row.oom_kills)}</td>
                <td class="number">{count(row.restarts)}</td>
                <td class="number">{count(row.pids)}</td>
                <td class="long faint">{row.image ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Units({ rows }: { rows: readonly UnitRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="units">
      <h2 id="units">
        Units <small>{count(rows.length)}</small>
      </h2>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">unit</th>
              <th scope="col" class="number">usage</th>
              <th scope="col">against limit</th>
              <th scope="col" class="number">anonymous</th>
              <th scope="col" class="number">growth</th>
              <th scope="col">trend</th>
              <th scope="col">verdict</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 60).map((row) => (
              <tr key={row.name}>
                <th scope="row" class="plain">{row.name}</th>
                <td class="number">{bytes(row.usage_bytes)}</td>
                <td>
                  <Gauge used={row.usage_bytes} limit={row.limit_bytes} />
                </td>
                <td class="number">{bytes(row.anon_bytes)}</td>
                <td class="number">{bytesPerHour(row.growth_bytes_per_hour)}</td>
                <td>
                  <Spark spark={row.spark} tone={toneOf(row.verdict)} />
                </td>
                <td>
                  <Verdict verdict={row.verdict} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Space({ engines }: { engines: ContainersReply["engines"] }) {
  const rows = engines.flatMap(({ engine, space }) => space.map((part) => ({ engine, ...part })));
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="space">
      <h2 id="space">Space on disk</h2>
      <div class="scroll-x">
        <table class="glossary">
          <tbody>
            {rows.map((row) => (
              <tr key={row.engine + row.kind}>
                <th scope="row">
                  {row.kind.replace("-", " ")} <small>{row.engine}</small>
                </th>
                <td class="number">{bytes(row.size_bytes)}</td>
                <td class="number">{count(row.count)}</td>
                <td class="meaning">
                  {row.reclaimable_bytes === null ? "" : `${bytes(row.reclaimable_bytes)} could be reclaimed`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
