/**
 * Writes a session as fast as it can until it is killed: row k of the memory table has timestamp k. After each flush it prints
 * how many rows are flushed. Arguments: directory, first row.
 */

import { fullSample } from "../../store/samples.ts";
import { newSession } from "../../store/sessions.ts";
import { memoryTable } from "../../../store/tables/machine.ts";
import { MomentTracker } from "../../../store/derived_metrics.ts";

const [directory, first] = [Deno.args[0]!, Number(Deno.args[1])];
const session = newSession(directory, { rotate_bytes: 8192, started_at_seconds: Date.now() / 1000 });
const sample = fullSample();
const moments = new MomentTracker(sample);
for (let row = first;; row++) {
  sample.wall_seconds = sample.time_seconds = row;
  session.write(memoryTable, [moments.observe(sample)], row);
  if (row % 7 !== 0) continue;
  session.flush(row, true);
  Deno.stdout.writeSync(new TextEncoder().encode(`${session.id} ${row}\n`));
  // Lets compression and the like go on beside it.
  if (row % 70 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
