/** Processes as small charts, each on a scale of its own: what grows is seen by its shape. */

import type { ProcessRow } from "../../api.ts";
import { bytes, bytesPerHour, count } from "../../format.ts";
import { keyOf, processHref, shownName } from "../../components/process_cells.tsx";
import { Spark } from "../../components/spark.tsx";
import { Verdict } from "../../components/verdict.tsx";
import { type Sparks, trendTone } from "./columns.tsx";

export function Multiples({ rows, sparks, more }: { rows: ProcessRow[]; sparks: Sparks; more: number }) {
  return (
    <>
      <ul class="multiples">
        {rows.map((row) => (
          <li key={keyOf(row)}>
            <a href={processHref(row)}>
              <b>{shownName(row.name)}</b> <small>{row.pid}</small>
              <Spark spark={sparks[keyOf(row)]} width={200} height={56} tone={trendTone(row)} filled />
              <span>
                {bytes(row.leakable_bytes)} <em>{bytesPerHour(row.growth_bytes_per_hour)}</em>
                <Verdict verdict={row.verdict} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="quiet">{count(more)} more are in the table; sort it to choose which are drawn here.</p>
      )}
    </>
  );
}
