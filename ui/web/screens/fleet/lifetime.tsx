/** One lifetime of one replica: its values, and what the detector saw in them. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { query } from "../../address.ts";
import { fleetLifetime, type FleetLifetimeReply, PermanentError } from "../../api.ts";
import { bytes, count, moment, percent, rate, span } from "../../format.ts";
import { Chart, heightOf } from "../../components/chart.tsx";
import { Command } from "../../components/copy.tsx";
import { DetectorToggle } from "../../components/detector_toggle.tsx";
import { Note, Pending } from "../../components/state.tsx";
import { toneOf, Verdict } from "../../components/verdict.tsx";
import type { PlotTrend } from "../../plot_data.ts";
import { recorded } from "../../time_axis.ts";
import { useResource } from "../../use_fetch.ts";
import { nameOfLifetime, rolloutsOf } from "./replica_charts.tsx";

const TEXT = { bytes, percent, count };

export function LifetimeScreen() {
  const workload = query.value.get("workload") ?? "", lifetime = query.value.get("lifetime") ?? "";
  const resource = useResource(`lifetime ${workload} ${lifetime}`, () => fleetLifetime(workload, lifetime));
  const reply = resource.data;
  useEffect(() => {
    const time = reply?.time_seconds;
    if (time?.length) recorded.value = { from: time[0]!, to: time.at(-1)! };
  }, [reply]);
  if (reply) return <Lifetime reply={reply} />;
  return resource.error instanceof PermanentError
    ? (
      <Note title={`This lifetime cannot be shown: ${resource.error.message}`}>
        <a href="/fleet">See the fleet</a>
      </Note>
    )
    : <Pending resource={resource} what="This lifetime" />;
}

function Lifetime({ reply }: { reply: FleetLifetimeReply }) {
  const [showsDetector, setShowsDetector] = useState(true);
  const { workload, lifetime, assessed, time_seconds: time, values, step_seconds } = reply;
  const { unit, limit, limit_name, what } = workload;
  const text = TEXT[unit];
  const rollouts = rolloutsOf(workload);
  const data = useMemo(() => ({
    time,
    unit,
    floats: true,
    series: [{ color: "line-1", kind: "line" as const, label: what, values }],
    // Once it matters; before that it would only flatten the line.
    limit: limit !== null && values.some((value) => value > limit / 2)
      ? { value: limit, label: limit_name ?? "limit" }
      : null,
    marks: rollouts.map((each) => ({ time: each.time, tone: "watch" as const })),
    trend: showsDetector ? trendOf(reply) : null,
  }), [reply, showsDetector]);
  return (
    <div class="lifetime">
      <p>
        <a href="/fleet">All workloads</a>
      </p>
      <h1 class={`headline tone-${toneOf(lifetime.verdict)}`}>
        <span>{nameOfLifetime(lifetime)}</span> of {workload.name}
      </h1>
      <p class="message">
        <Verdict verdict={lifetime.verdict} /> {Math.round(lifetime.confidence * 100)} % sure ·{" "}
        {lifetime.rate_per_hour && `${rate(lifetime.rate_per_hour.mid, unit)} of ${what} · `}
        {lifetime.version && `version ${lifetime.version} · `}
        {moment(Date.parse(lifetime.start) / 1000)} to {moment(Date.parse(lifetime.end) / 1000)}
        {lifetime.is_alive ? ", still running" : ", ended"}
      </p>
      <div class="charts">
        <div class="chart-tools">
          {reply.trend && <DetectorToggle isOn={showsDetector} set={setShowsDetector} />}
        </div>
        {time.length === 0 ? <Note title="The server no longer has this lifetime" /> : (
          <Chart
            title={what}
            summary={`${text(values[0])} at first, ${text(values.at(-1))} at last; ${lifetime.verdict}`}
            data={data}
            height={heightOf(0.45, 240, 720)}
            legend={[{ label: what, color: "line-1", value: (index) => text(values[index]) }]}
          />
        )}
      </div>
      {assessed && <p class="evidence">{assessed.evidence}</p>}
      <p class="quiet">
        {count(time.length)} averages over {span(step_seconds)} each
        {rollouts.length > 0 &&
          `; marks below the axis: ${
            rollouts.map(({ version, time }) => `${version} rolled out ${moment(time)}`).join(", ")
          }`}.
      </p>
      {workload.next_step && <Command text={workload.next_step} />}
    </div>
  );
}

function trendOf({ trend, lifetime }: FleetLifetimeReply): PlotTrend | null {
  if (!trend) return null;
  const { rate_per_hour: rate } = trend;
  return {
    color: toneOf(lifetime.verdict),
    time: trend.time_seconds,
    values: trend.values,
    // Where a lifetime has ended it leads nowhere.
    slope: rate && lifetime.is_alive ? [rate.low / 3600, rate.mid / 3600, rate.high / 3600] : null,
    dots: true,
  };
}
