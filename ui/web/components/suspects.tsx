/** The column of findings beside a screen's charts, or what stands there when there are none. */

import type { ComponentChildren } from "preact";
import type { Suspect } from "../api.ts";
import { SuspectCard } from "./suspect_card.tsx";

export interface SuspectsProps {
  title?: string;
  suspects: readonly Suspect[];
  /** Said where there are none. */
  children: ComponentChildren;
}

export function Suspects({ title = "Suspects", suspects, children }: SuspectsProps) {
  return (
    <section class="suspects" aria-labelledby="suspects">
      <h2 id="suspects">{title}</h2>
      {suspects.length === 0
        ? children
        : suspects.map((suspect) => <SuspectCard key={suspect.key} suspect={suspect} />)}
    </section>
  );
}

/** Why there are no suspects: too early, or all is well. */
export function NoSuspects({ isClassified, calm }: { isClassified: boolean; calm: string }) {
  return <p class="quiet">{isClassified ? calm : "It is too early for a verdict."}</p>;
}
