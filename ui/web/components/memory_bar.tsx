/** "Where is my memory": one bar that adds up to all of it. */

import { bytes, share } from "../format.ts";
import { Swatch } from "./swatch.tsx";

export interface BarPart {
  name: string;
  bytes: number;
  color: string;
  hatched?: boolean;
  meaning?: string;
}

export interface MemoryBarProps {
  parts: BarPart[];
  total: number;
  label: string;
  /** A table beneath says what the parts are. */
  isBarOnly?: boolean;
}

export function MemoryBar({ parts, total, label, isBarOnly = false }: MemoryBarProps) {
  return (
    <div class="memory-bar">
      <div
        class="bar"
        role="img"
        aria-label={`${label}: ${parts.map((part) => `${part.name} ${bytes(part.bytes)}`).join(", ")}`}
      >
        {parts.filter((part) => part.bytes > 0).map((part) => (
          <i
            key={part.name}
            class={part.hatched ? "hatched" : ""}
            style={{ "--swatch": `var(--${part.color})`, flexGrow: part.bytes / total }}
            title={`${part.name} ${bytes(part.bytes)} (${share(part.bytes, total)})`}
          />
        ))}
      </div>
      {!isBarOnly && (
        <ul class="bar-legend">
          {parts.map((part) => (
            <li key={part.name} title={part.meaning}>
              <Swatch color={part.color} hatched={part.hatched} />
              <span>{part.name}</span>
              <b>{bytes(part.bytes)}</b>
              <small>{share(part.bytes, total)}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
