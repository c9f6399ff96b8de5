/** One finding: who, how fast, until when, why, and what to type next. */

import { href } from "../address.ts";
import type { Suspect } from "../api.ts";
import { rate, span } from "../format.ts";
import { Command } from "./copy.tsx";
import { Spark } from "./spark.tsx";
import { OTHER_THAN_MEMORY, toneOf, Verdict } from "./verdict.tsx";

const KINDS: Partial<Record<Suspect["kind"], string>> = {
  ...OTHER_THAN_MEMORY,
  "container-memory": "container",
  "unit-memory": "unit",
  "kernel-slab": "slab cache",
  "kernel-cgroups": "cgroups",
  "kernel-descriptors": "open files",
  "shared-memory": "shared memory",
  "tmpfs": "tmpfs",
};

/** Where more is to be seen about a finding. */
export function hrefOf({ kind, subject }: Suspect): string {
  if (subject.pid !== null) return href(`processes/${subject.pid}/${subject.start_ticks ?? 0}`);
  if (kind === "container-memory" || kind === "unit-memory") return href("containers");
  return href("kernel");
}

export function timeLeft(suspect: Suspect): string | null {
  const time = suspect.time_to_limit_seconds;
  if (!time) return null;
  const limit = time.limit === "MemAvailable" ? "full" : `${time.limit} reached`;
  return time.high === null
    ? `${limit} in ${span(time.low)} at the earliest`
    : `${limit} in about ${span((time.low + time.high) / 2)}`;
}

export function SuspectCard({ suspect }: { suspect: Suspect }) {
  const { subject, kind, verdict, confidence, rate_per_hour, unit, evidence, next_step } = suspect;
  const tone = toneOf(verdict);
  const what = KINDS[kind];
  const left = timeLeft(suspect);
  return (
    <article class={`suspect tone-${tone}`}>
      <header>
        <Verdict verdict={verdict} />
        <span class="sure" title="how sure the verdict is">{Math.round(confidence * 100)} % sure</span>
      </header>
      <h3>
        <a href={hrefOf(suspect)}>{subject.name}</a>
        <small>
          {[subject.pid, what, subject.unit ?? subject.container?.slice(0, 12)].filter(Boolean).join(" · ")}
        </small>
      </h3>
      {suspect.spark && <Spark spark={suspect.spark} width={300} height={44} tone={tone} filled />}
      <p class="pace">
        {rate_per_hour && <b>{rate(rate_per_hour.mid, unit, what)}</b>}
        {rate_per_hour && unit === "bytes" && (
          <span class="interval">
            {rate(rate_per_hour.low, unit)} to {rate(rate_per_hour.high, unit)}
          </span>
        )}
        {left && <span class="left">{left}</span>}
      </p>
      <p class="evidence">
        {suspect.cause_title && <b>The growth of {suspect.cause_title} shows here too.</b>} {evidence}
      </p>
      {next_step && <Command text={next_step} />}
    </article>
  );
}
