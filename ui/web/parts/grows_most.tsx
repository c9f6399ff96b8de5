/** The processes that grow most, whatever the verdict. */

import { href } from "../address.ts";
import { type ProcessRow, view } from "../api.ts";
import { bytes, bytesPerHour } from "../format.ts";
import { useResource } from "../resource.ts";
import { keyOf, ProcessLink } from "./process_cells.tsx";
import { Spark } from "./spark.tsx";
import { toneOf, Verdict } from "./verdict.tsx";

export function GrowsMost({ rows, session }: { rows: readonly ProcessRow[]; session: string | null }) {
  const ids = rows.map(keyOf).sort().join(",");
  const { data } = useResource(
    `sparks ${session} ${ids}`,
    async () => ids ? await view(session).sparks(ids) : null,
    { seconds: 15 },
  );
  return (
    <section class="grows-most" aria-labelledby="grows-most">
      <header class="section-head">
        <h2 id="grows-most">Grows most</h2>
        <a href={href("processes", session, { sort: "-growth_bytes_per_hour" })}>all processes</a>
      </header>
      {rows.length === 0
        ? <p class="quiet">No process has grown in the time watched.</p>
        : (
          <div class="scroll-x">
            <table>
              <thead>
                <tr>
                  <th scope="col">process</th>
                  <th scope="col" class="number">pid</th>
                  <th scope="col" class="number">rss</th>
                  <th scope="col" class="number">growth</th>
                  <th scope="col">trend</th>
                  <th scope="col">verdict</th>
                  <th scope="col">unit</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={keyOf(row)}>
                    <td>
                      <ProcessLink process={row} />
                    </td>
                    <td class="number">{row.pid}</td>
                    <td class="number">{bytes(row.rss_bytes)}</td>
                    <td class="number">{bytesPerHour(row.growth_bytes_per_hour)}</td>
                    <td>
                      <Spark spark={data?.sparks[keyOf(row)]} tone={toneOf(row.verdict)} />
                    </td>
                    <td>
                      <Verdict verdict={row.verdict} />
                    </td>
                    <td class="faint">{row.unit ?? row.container?.slice(0, 12) ?? ""}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}
