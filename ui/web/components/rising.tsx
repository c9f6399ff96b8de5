/** What rises without being proven to leak: one quiet line each, folded past five. */

import { useState } from "preact/hooks";
import { type Suspect, view } from "../api.ts";
import { count } from "../format.ts";
import { useResource } from "../use_fetch.ts";
import { Pending } from "./state.tsx";
import { Verdict } from "./verdict.tsx";
import { hrefOf, paceOf, sureOf, timeLeft } from "./suspect_card.tsx";

const SHOWN = 5;
const RENEW_SECONDS = 6;

export function Rising({ suspects }: { suspects: readonly Suspect[] }) {
  const folded = suspects.slice(SHOWN);
  return (
    <section class="rising" aria-labelledby="rising">
      <h2 id="rising">
        Also rising, not proven <small>{suspects.length}</small>
      </h2>
      <ul>{suspects.slice(0, SHOWN).map((suspect) => <Line key={suspect.key} suspect={suspect} />)}</ul>
      {folded.length > 0 && (
        <details>
          <summary>{folded.length} more</summary>
          <ul>{folded.map((suspect) => <Line key={suspect.key} suspect={suspect} />)}</ul>
        </details>
      )}
    </section>
  );
}

/** Findings beyond those that come with every sample: asked for when somebody wants to see them. */
export function MoreSuspects({ session, more }: { session: string | null; more: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="rising" aria-label="More findings">
      <button type="button" class="plain more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? `hide ${count(more)} more` : `and ${count(more)} more`}
      </button>
      {isOpen && <All session={session} />}
    </section>
  );
}

function All({ session }: { session: string | null }) {
  const resource = useResource(
    `suspects ${session}`,
    () => view(session).moreSuspects(),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  if (!resource.data) return <Pending resource={resource} what="The other findings" />;
  return <ul>{resource.data.suspects.map((suspect) => <Line key={suspect.key} suspect={suspect} />)}</ul>;
}

function Line({ suspect }: { suspect: Suspect }) {
  const { title, subject, evidence } = suspect;
  return (
    <li title={[sureOf(suspect), timeLeft(suspect), evidence].filter(Boolean).join("; ")}>
      {suspect.verdict === "leak" && <Verdict verdict="leak" />}
      <a href={hrefOf(suspect)}>{title}</a>
      {subject.pid !== null && <small>{subject.pid}</small>}
      <b>{paceOf(suspect)}</b>
    </li>
  );
}
