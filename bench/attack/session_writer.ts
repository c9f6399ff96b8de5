/**
 * Writes a session until the power goes: a row every 5 s of sample time, 20 times as fast as the clock, rotated every 2 KiB.
 * Writes the sample time of each flush to stdout. Arguments: directory.
 */

import { MomentTracker } from "../../store/derived_metrics.ts";
import { memoryTable } from "../../store/tables/machine.ts";
import { fullSample } from "../../test/store/samples.ts";
import { newSession } from "../../test/store/sessions.ts";

const INTERVAL_SECONDS = 5;
const SPEED = 20;
const START = 1_800_000_000;
const session = newSession(Deno.args[0]!, { rotate_bytes: 2048, started_at_seconds: START });
const sample = fullSample();
const moments = new MomentTracker(sample);
for (let time = START + INTERVAL_SECONDS;; time += INTERVAL_SECONDS) {
  sample.wall_seconds = sample.time_seconds = time;
  session.write(memoryTable, [moments.observe(sample)], time);
  session.flush(time);
  Deno.stdout.writeSync(new TextEncoder().encode(`${time - START}\n`));
  await new Promise((resolve) => setTimeout(resolve, INTERVAL_SECONDS * 1000 / SPEED));
}
