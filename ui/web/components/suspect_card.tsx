/** What grows of one subject: who, how fast, how sure, until when, and what to type next. Why is folded away. */

import { href } from "../address.ts";
import type { Suspect } from "../api.ts";
import { rate } from "../format.ts";
import { limitMessage } from "../../../model/time_to_limit.ts";
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

export const timeLeft = ({ time_to_limit_seconds: time }: Suspect): string | null =>
  time && limitMessage(time);

/** "+14 descriptors a minute"; of bytes the figure alone. */
export const paceOf = ({ rate_per_hour, unit, kind }: Suspect): string | null =>
  rate_per_hour && rate(rate_per_hour.mid, unit, unit === "count" ? KINDS[kind] : "");

export const sureOf = ({ verdict, probability }: Suspect): string =>
  `${Math.min(99, Math.round(probability * 100))} % ${verdict === "leak" ? "sure" : "likely a leak"}`;

/** Findings about one process belong together: its memory, its descriptors, its threads. Order is kept. */
export function bySubject(suspects: readonly Suspect[]): Suspect[][] {
  const key = ({ key, subject: { pid, start_ticks } }: Suspect) =>
    pid === null ? key : `${pid}-${start_ticks}`;
  return [...Map.groupBy(suspects, key).values()];
}

/** @param about findings about one subject, the worst first */
export function SuspectCard({ about }: { about: readonly Suspect[] }) {
  const [suspect, ...others] = about;
  const { subject, kind, verdict, count, title } = suspect!;
  const tone = toneOf(verdict);
  const where = [subject.pid, KINDS[kind], subject.unit === subject.name ? null : subject.unit]
    .filter(Boolean).join(" · ");
  const [step] = suspect!.next_steps ?? [];
  return (
    <article class={`suspect tone-${tone}`}>
      <header>
        <Verdict verdict={verdict} />
        <span class="sure" title="probability that this is a leak">{sureOf(suspect!)}</span>
      </header>
      <h3>
        <a href={hrefOf(suspect!)}>{count > 1 ? `${count} × ${title}` : title}</a>
        <small>{where}</small>
      </h3>
      {suspect!.spark && <Spark spark={suspect!.spark} width={300} height={44} tone={tone} filled />}
      {about.map((one) => <Pace key={one.key} suspect={one} />)}
      {step ? <Step step={step} /> : suspect!.next_step && <Command text={suspect!.next_step} />}
      <details class="why">
        <summary>evidence{others.length > 0 && ` for all ${about.length}`}</summary>
        {about.map((one) => <Why key={one.key} suspect={one} isFirst={one === suspect} />)}
      </details>
    </article>
  );
}

function Pace({ suspect }: { suspect: Suspect }) {
  const left = timeLeft(suspect);
  return (
    <p class="pace">
      <b>{paceOf(suspect)}</b>
      {left && <span class="left">{left}</span>}
    </p>
  );
}

function Why({ suspect, isFirst }: { suspect: Suspect; isFirst: boolean }) {
  const { cause_title, evidence, rate_per_hour, unit, next_steps = [] } = suspect;
  return (
    <>
      <p class="evidence">
        {cause_title && <b>The growth of {cause_title} shows here too.</b>} {evidence}
        {rate_per_hour && unit === "bytes" &&
          `; between ${rate(rate_per_hour.low, unit)} and ${rate(rate_per_hour.high, unit)}`}
      </p>
      {next_steps.slice(isFirst ? 1 : 0).map((step) => <Step key={step.command} step={step} />)}
    </>
  );
}

function Step({ step: { kind, command, remark } }: { step: NonNullable<Suspect["next_steps"]>[number] }) {
  return (
    <div class={`step is-${kind}`}>
      <Command text={command} />
      {(remark || kind === "dig") && (
        <p class="faint">
          <b title={kind === "look" ? "only reads" : "stops, traces or changes the process"}>{kind}</b>
          {remark && ` · ${remark}`}
        </p>
      )}
    </div>
  );
}
