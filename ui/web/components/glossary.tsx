/** RunningStats with their names and what they mean. Bounded by the kernel's own list of names, so never long. */

import type { ComponentChildren } from "preact";
import { Swatch } from "./swatch.tsx";

export interface Entry {
  name: ComponentChildren;
  value: string;
  meaning: string;
  /** A second figure. */
  more?: string;
  color?: string;
  hatched?: boolean;
}

export function Glossary({ entries }: { entries: readonly Entry[] }) {
  const hasMore = entries.some(({ more }) => more !== undefined);
  return (
    <div class="scroll-x">
      <table class="glossary">
        <tbody>
          {entries.map(({ name, value, meaning, more, color, hatched }, i) => (
            <tr key={i}>
              <th scope="row" class="long">
                {color && <Swatch color={color} hatched={hatched} />}
                {name}
              </th>
              <td class="number">{value}</td>
              {hasMore && <td class="number faint">{more}</td>}
              <td class="meaning">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
