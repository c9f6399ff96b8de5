/** One process: what its memory is made of, what grew, and what it has open. */

import type { ProcessReply, Suspect } from "../api.ts";
import { view } from "../api.ts";
import { bytes, bytesPerHour, count, moment, span } from "../format.ts";
import { LineChart } from "../parts/line_chart.tsx";
import { MemoryBar } from "../parts/memory_bar.tsx";
import { keyOf, ProcessLink, shownName } from "../parts/process_cells.tsx";
import { Note, Pending } from "../parts/state.tsx";
import { SuspectCard } from "../parts/suspect_card.tsx";
import { TimeControls } from "../parts/time_controls.tsx";
import { toneOf, Verdict } from "../parts/verdict.tsx";
import type { PlotTrend } from "../plot_data.ts";
import { Refused } from "../api.ts";
import { useResource } from "../resource.ts";
import { useState } from "preact/hooks";
import { asked, zoom } from "../time_axis.ts";

const RENEW_SECONDS = 5;

export function ProcessScreen(
  { session, pid, start_ticks }: { session: string | null; pid: string; start_ticks: string },
) {
  const [showsDetector, setShowsDetector] = useState(true);
  const range = asked.value;
  const resource = useResource(
    `process ${session} ${pid} ${start_ticks} ${JSON.stringify(range)}`,
    () => view(session).process(pid, start_ticks, { ...range, points: "600" }),
    {
      seconds: session === null && zoom.value === null ? RENEW_SECONDS : null,
      group: `process ${session} ${pid} ${start_ticks}`,
    },
  );
  const reply = resource.data;
  if (!reply) {
    return resource.error instanceof Refused && resource.error.status === 404
      ? (
        <Note title={`Process ${pid} is not here`}>
          It has ended, or another process has its number now. <a href="/processes">See the processes</a>
        </Note>
      )
      : <Pending resource={resource} what="This process" />;
  }
  const { series } = reply;
  const memory = reply.suspects.find((suspect) => suspect.kind === "process-memory");
  return (
    <>
      <Facts reply={reply} />
      <div class="now">
        <div class="charts">
          <div class="chart-tools">
            {memory?.trend && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={showsDetector}
                  onChange={() => setShowsDetector(!showsDetector)}
                />
                what the detector saw
              </label>
            )}
            <TimeControls />
          </div>
          <LineChart
            title="Memory"
            series={series}
            unit="bytes"
            floats
            height={Math.round(Math.min(Math.max(innerHeight * 0.3, 190), 640))}
            trend={showsDetector ? trendOf(memory) : null}
            lines={[
              { column: "private_bytes", label: "own", color: "line-1" },
              { column: "rss_bytes", label: "resident", color: "line-5" },
            ]}
          />
          <LineChart
            title="Descriptors"
            className="secondary"
            series={series}
            unit="count"
            height={110}
            lines={[{ column: "open_descriptors", label: "open", color: "line-3" }]}
            limit={nearLimit(reply)}
          />
          <LineChart
            title="Threads"
            className="secondary"
            series={series}
            unit="count"
            height={96}
            lines={[{ column: "threads", label: "threads", color: "line-2" }]}
          />
        </div>
        <section class="suspects" aria-labelledby="verdicts">
          <h2 id="verdicts">Verdict</h2>
          {reply.suspects.length === 0
            ? <Unsuspected reply={reply} />
            : reply.suspects.map((suspect) => <SuspectCard key={suspect.key} suspect={suspect} />)}
        </section>
      </div>
      <Parts reply={reply} />
      <div class="columns">
        <Mappings reply={reply} />
        <Descriptors reply={reply} />
        <Children reply={reply} />
      </div>
    </>
  );
}

function Unsuspected({ reply: { memory_verdict: judged, process } }: { reply: ProcessReply }) {
  return (
    <>
      <p>
        <Verdict verdict={judged?.verdict ?? null} /> Nothing about it grows suspiciously
        {process.growth_bytes_per_hour !== null &&
          `; its memory moves by ${bytesPerHour(process.growth_bytes_per_hour)}`}.
      </p>
      {judged && judged.verdict !== "insufficient-data" && <p class="evidence">{judged.evidence}</p>}
    </>
  );
}

function trendOf(suspect: Suspect | undefined): PlotTrend | null {
  if (!suspect?.trend) return null;
  const rate = suspect.rate_per_hour;
  return {
    color: toneOf(suspect.verdict),
    time: suspect.trend.time_seconds,
    values: suspect.trend.values,
    pace: rate && [rate.low / 3600, rate.mid / 3600, rate.high / 3600],
    dots: true,
  };
}

/** The limit is drawn once it matters; before that it would only flatten the line. */
function nearLimit({ process }: ProcessReply) {
  const { open_descriptors: open, descriptor_limit: limit } = process;
  return open !== null && limit !== null && open > limit / 3 ? { value: limit, label: "limit" } : null;
}

function Facts({ reply }: { reply: ProcessReply }) {
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

function Parts({ reply: { parts, process } }: { reply: ProcessReply }) {
  const shownParts = [
    { name: "anonymous", bytes: parts.anon_bytes ?? 0, color: "programs" },
    { name: "shared memory", bytes: parts.shmem_bytes ?? 0, color: "shared" },
    { name: "files", bytes: parts.file_bytes ?? 0, color: "cache" },
    { name: "swapped out", bytes: parts.swap_bytes ?? 0, color: "unaccounted", hatched: true },
    { name: "page tables", bytes: parts.page_tables_bytes ?? 0, color: "kernel" },
  ];
  const total = shownParts.reduce((sum, part) => sum + part.bytes, 0);
  if (total === 0) return null;
  return (
    <section aria-labelledby="parts">
      <h2 id="parts">What its memory is made of</h2>
      <MemoryBar
        label="Memory of the process"
        parts={shownParts.filter((part) => part.bytes > 0)}
        total={total}
      />
      <p class="faint also">
        virtual {bytes(process.vsz_bytes)}
        {parts.peak_rss_bytes !== null && ` · highest resident ${bytes(parts.peak_rss_bytes)}`}
        {parts.pss_bytes !== null && ` · proportional ${bytes(parts.pss_bytes)}`}
        {parts.uss_bytes !== null && ` · unique ${bytes(parts.uss_bytes)}`}
      </p>
    </section>
  );
}

function Mappings({ reply: { mapping_groups: groups, mappings } }: { reply: ProcessReply }) {
  return (
    <section aria-labelledby="mappings">
      <h2 id="mappings">Mappings {mappings !== null && <small>{count(mappings)}</small>}</h2>
      {!groups || groups.length === 0
        ? (
          <p class="quiet">
            They cannot be read: it belongs to another user, or it was recorded without them.
          </p>
        )
        : (
          <div class="scroll-x">
            <table>
              <thead>
                <tr>
                  <th scope="col">what</th>
                  <th scope="col" class="number">count</th>
                  <th scope="col" class="number">resident</th>
                  <th scope="col" class="number">since first look</th>
                </tr>
              </thead>
              <tbody>
                {groups.map((group) => (
                  <tr key={group.name}>
                    <td class="long">{group.name}</td>
                    <td class="number">{count(group.count)}</td>
                    <td class="number">{bytes(group.rss_bytes)}</td>
                    <td class={`number${(group.change_bytes ?? 0) > 1e6 ? " grows" : ""}`}>
                      {group.change_bytes === null
                        ? "–"
                        : group.change_bytes === 0
                        ? "0"
                        : `${group.change_bytes > 0 ? "+" : ""}${bytes(group.change_bytes)}`}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}

const DESCRIPTORS = [
  ["files", "files"],
  ["deleted_files", "deleted files"],
  ["sockets", "sockets"],
  ["pipes", "pipes"],
  ["anon_inodes", "events and timers"],
  ["memfds", "memfd"],
  ["devices", "devices"],
  ["other", "other"],
] as const;

function Descriptors({ reply: { descriptor_kinds: kinds, process } }: { reply: ProcessReply }) {
  const most = kinds ? Math.max(1, ...Object.values(kinds)) : 1;
  return (
    <section aria-labelledby="descriptors">
      <h2 id="descriptors">
        Open descriptors{" "}
        <small>
          {count(process.open_descriptors)}
          {process.descriptor_limit !== null && ` of ${count(process.descriptor_limit)}`}
        </small>
      </h2>
      {kinds
        ? (
          <ul class="bars">
            {DESCRIPTORS.filter(([name]) => kinds[name] > 0).map(([name, label]) => (
              <li key={name}>
                <span>{label}</span>
                <i style={{ "--share": `${100 * kinds[name] / most}%` }} />
                <b>{count(kinds[name])}</b>
              </li>
            ))}
          </ul>
        )
        : <p class="quiet">Their kinds cannot be read here.</p>}
    </section>
  );
}

function Children({ reply: { children } }: { reply: ProcessReply }) {
  if (children.length === 0) return null;
  return (
    <section aria-labelledby="children">
      <h2 id="children">
        Children <small>{count(children.length)}</small>
      </h2>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" class="number">pid</th>
              <th scope="col" class="number">rss</th>
              <th scope="col" class="number">growth</th>
            </tr>
          </thead>
          <tbody>
            {children.map((child) => (
              <tr key={keyOf(child)}>
                <td>
                  <ProcessLink process={child} />
                </td>
                <td class="number">{child.pid}</td>
                <td class="number">{bytes(child.rss_bytes)}</td>
                <td class="number">{bytesPerHour(child.growth_bytes_per_hour)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
