/** One process: what its memory is made of, what grew, and what it has open. */

import { useState } from "preact/hooks";
import { PermanentError, type ProcessReply, type Suspect, view } from "../api.ts";
import { address } from "../address.ts";
import { bytesPerHour } from "../format.ts";
import { now } from "../live.ts";
import { heightOf } from "../components/chart.tsx";
import { LineChart, type LineSpec } from "../components/line_chart.tsx";
import { DetectorToggle } from "../components/detector_toggle.tsx";
import { Note, Pending } from "../components/state.tsx";
import { NoSuspects, Suspects } from "../components/suspects.tsx";
import { TimeControls } from "../components/time_controls.tsx";
import { toneOf, Verdict } from "../components/verdict.tsx";
import type { PlotTrend } from "../plot_data.ts";
import { useResource } from "../use_fetch.ts";
import { asked, zoom } from "../time_axis.ts";
import { Children } from "./process/children.tsx";
import { Descriptors } from "./process/descriptors.tsx";
import { Facts } from "./process/facts.tsx";
import { InnerProfiles } from "./process/inner_profile.tsx";
import { Mappings } from "./process/mappings.tsx";
import { MemoryParts } from "./process/memory_parts.tsx";

const RENEW_SECONDS = 5;
const MEMORY: LineSpec[] = [
  { column: "leakable_bytes", label: "own", color: "line-1" },
  { column: "rss_bytes", label: "resident", color: "line-5" },
  { column: "heap_live_bytes", label: "live heap after collections", color: "line-4", dashed: true },
];
const DESCRIPTORS: LineSpec[] = [
  { column: "open_descriptors", label: "open", color: "line-3" },
  { column: "sockets", label: "sockets", color: "line-1", dashed: true },
  { column: "files", label: "files", color: "line-2", dashed: true },
  { column: "deleted_files", label: "deleted files", color: "line-4", dashed: true },
  { column: "pipes", label: "pipes", color: "line-5", dashed: true },
  { column: "anon_inodes", label: "events and timers", color: "line-2", dashed: true },
  { column: "memfds", label: "memfd", color: "line-4", dashed: true },
  { column: "devices", label: "devices", color: "line-5", dashed: true },
];
const THREADS: LineSpec[] = [{ column: "threads", label: "threads", color: "line-2" }];

export function ProcessScreen(
  { session, pid, start_ticks }: { session: string | null; pid: string; start_ticks: string },
) {
  const [showsDetector, setShowsDetector] = useState(true);
  const range = asked.value;
  const subject = `process ${session} ${pid} ${start_ticks}`;
  const resource = useResource(
    `${subject} ${JSON.stringify(range)}`,
    () => view(session).process(pid, start_ticks, { ...range, points: "600" }),
    { seconds: session === null && zoom.value === null ? RENEW_SECONDS : null, group: subject },
  );
  const reply = resource.data;
  if (!reply) {
    return resource.error instanceof PermanentError && resource.error.status === 404
      ? (
        <Note title={`Process ${pid} is not here`}>
          It has ended, or another process has its number now. <a href="/processes">See the processes</a>
        </Note>
      )
      : <Pending resource={resource} what="This process" />;
  }
  const { series, suspects } = reply;
  const memory = suspects.find((suspect) => suspect.kind === "process-memory");
  return (
    <>
      <Facts reply={reply} />
      <div class="now">
        <div class="charts">
          <div class="chart-tools">
            {memory?.trend && <DetectorToggle isOn={showsDetector} set={setShowsDetector} />}
            <TimeControls />
          </div>
          <LineChart
            title="Memory"
            series={series}
            unit="bytes"
            floats
            height={heightOf(0.3, 190, 640)}
            trend={showsDetector ? trendOf(memory) : null}
            spans={reply.profiles.map(({ from_seconds, to_seconds }) => ({
              from: from_seconds,
              to: to_seconds,
            }))}
            lines={MEMORY}
            limit={nearCap(reply)}
          />
          <LineChart
            title="Descriptors"
            className="secondary"
            series={series}
            unit="count"
            height={heightOf(0.11, 96, 240)}
            lines={DESCRIPTORS}
            limit={nearLimit(reply)}
          />
          <LineChart
            title="Threads"
            className="secondary"
            series={series}
            unit="count"
            height={heightOf(0.11, 96, 240)}
            lines={THREADS}
          />
        </div>
        <Suspects title="Verdict" suspects={suspects}>
          <Unsuspected reply={reply} />
        </Suspects>
      </div>
      <InnerProfiles profiles={reply.profiles} />
      <MemoryParts reply={reply} />
      <div class="columns">
        <Mappings reply={reply} />
        <Descriptors reply={reply} />
        <Children rows={reply.children} />
      </div>
    </>
  );
}

function Unsuspected({ reply: { memory_verdict: judged, process } }: { reply: ProcessReply }) {
  const isEarly = address.value.session === null && now.value?.is_classified === false;
  if (judged ? judged.verdict === "insufficient-data" : isEarly) {
    return <NoSuspects isClassified={false} calm="" />;
  }
  return (
    <>
      <p>
        <Verdict verdict={judged?.verdict ?? null} /> Nothing about it grows suspiciously
        {process.growth_bytes_per_hour !== null &&
          `; its memory moves by ${bytesPerHour(process.growth_bytes_per_hour)}`}.
      </p>
      {judged && <p class="evidence">{judged.evidence}</p>}
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
    slope: rate && [rate.low / 3600, rate.mid / 3600, rate.high / 3600],
    dots: true,
  };
}

/** The cap that its settings declare, once it is within reach: far above, it would only flatten the lines. */
function nearCap({ declared_limit: cap, process }: ProcessReply) {
  return cap && process.leakable_bytes > cap.bytes / 4 ? { value: cap.bytes, label: cap.name } : null;
}

/** The limit is drawn once it matters; before that it would only flatten the line. */
function nearLimit({ process }: ProcessReply) {
  const { open_descriptors: open, descriptor_limit: limit } = process;
  return open !== null && limit !== null && open > limit / 3 ? { value: limit, label: "limit" } : null;
}
