/** What rises without being proven to leak: one quiet line each, folded past five. */

import type { Suspect } from "../api.ts";
import { hrefOf, paceOf, sureOf, timeLeft } from "./suspect_card.tsx";

const SHOWN = 5;

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

function Line({ suspect }: { suspect: Suspect }) {
  const { title, subject, evidence } = suspect;
  return (
    <li title={[sureOf(suspect), timeLeft(suspect), evidence].filter(Boolean).join("; ")}>
      <a href={hrefOf(suspect)}>{title}</a>
      {subject.pid !== null && <small>{subject.pid}</small>}
      <b>{paceOf(suspect)}</b>
    </li>
  );
}
