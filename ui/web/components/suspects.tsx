/** The column of findings beside a screen's charts: cards for what leaks, a line for what merely rises. */

import type { ComponentChildren } from "preact";
import { isUrgent } from "../../../model/urgency.ts";
import type { Suspect } from "../api.ts";
import { MoreSuspects, Rising } from "./rising.tsx";
import { bySubject, SuspectCard } from "./suspect_card.tsx";

export interface SuspectsProps {
  title?: string;
  suspects: readonly Suspect[];
  /** Of which view; with `more`, how many are not among these. */
  session?: string | null;
  more?: number;
  /** Said where nothing leaks. */
  children: ComponentChildren;
}

/** Cards that stand open; more are read from a list. */
const MAX_CARDS = 6;

export function Suspects({ title = "Leaks", suspects, session = null, more = 0, children }: SuspectsProps) {
  const cards = bySubject(suspects.filter(isUrgent));
  const carded = new Set(cards.flatMap((about) => about.map(({ subject }) => subject.pid ?? NaN)));
  const rising = suspects.filter((one) =>
    one.verdict === "growing" && !isUrgent(one) && !carded.has(one.subject.pid ?? NaN)
  );
  const [open, folded] = [cards.slice(0, MAX_CARDS), cards.slice(MAX_CARDS)];
  return (
    <section
      class={`suspects ${suspects.length + more === 0 ? "is-empty" : ""}`}
      aria-labelledby="suspects"
    >
      <h2 id="suspects">
        {title} {cards.length > 1 && <small>{cards.length}</small>}
      </h2>
      {cards.length === 0 && children}
      {open.map((about) => <SuspectCard key={about[0]!.key} about={about} />)}
      {folded.length > 0 && (
        <details class="more-cards">
          <summary>{folded.length} more</summary>
          {folded.map((about) => <SuspectCard key={about[0]!.key} about={about} />)}
        </details>
      )}
      {rising.length > 0 && <Rising suspects={rising} />}
      {more > 0 && <MoreSuspects session={session} more={more} />}
    </section>
  );
}

/** Why there are no suspects: too early, or all is well. */
export function NoSuspects({ isClassified, calm }: { isClassified: boolean; calm: string }) {
  return <p class="quiet">{isClassified ? calm : "It is too early for a verdict."}</p>;
}
