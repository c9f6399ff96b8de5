/**
 * Size of the logs of a long run on a busy machine, the cost of writing them, and how fast they open again.
 *
 *     deno run -A bench/monitor/log_size.ts [HOURS=24] [INTERVAL_SECONDS=5] [PROCESSES=400]
 */

import { listSessions } from "../../store/catalog.ts";
import { downsample } from "../../store/downsample.ts";
import { Recorder } from "../../store/recorder.ts";
import { SessionWriter } from "../../store/session_writer.ts";
import { readTable } from "../../store/table_reader.ts";
import { SimulatedMachine } from "../../test/store/simulated_machine.ts";

const [hours, interval, processes] = [24, 5, 400].map((otherwise, index) =>
  Number(Deno.args[index] ?? otherwise)
) as [
  number,
  number,
  number,
];
const MIB = 1024 * 1024;
const directory = Deno.makeTempDirSync({ prefix: "leakwatch-log-size-" });
const machine = new SimulatedMachine(processes, interval);
const session = new SessionWriter({
  kind: "memory-monitor",
  directory,
  host: machine.sample.host,
  versions: {},
  interval_seconds: interval,
  duration_seconds: null,
  started_at_seconds: machine.sample.wall_seconds,
  rotate_bytes: Number(Deno.env.get("ROTATE_MIB") ?? 1e6) * MIB,
  retain_bytes: 1e12,
  retain_seconds: 1e9,
});
const recorder = new Recorder(session, {
  kind: "memory-monitor",
  top: 40,
  hide_arguments: false,
  own_pid: 1000,
});
const suspects = {
  processes: new Map(
    machine.sample.processes.slice(100, 106).map(({ pid, start_ticks }) => [pid, start_ticks]),
  ),
  slab_caches: new Set<string>(),
};

const count = Math.round(hours * 3600 / interval);
let recording = 0;
for (let each = 0; each < count; each++) {
  const sample = machine.next();
  const begin = performance.now();
  recorder.record(sample, suspects);
  recording += performance.now() - begin;
  if (each % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
}
await session.end("duration", machine.sample.wall_seconds, { samples: count, cost: null });
const entry = listSessions([directory])[0]!;
console.log(
  `${count} samples of ${processes} processes every ${interval} s: ${
    (recording / count).toFixed(3)
  } ms each to record`,
);
for (const [log, segments] of Object.entries(entry.logs)) {
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  console.log(`  ${log.padEnd(14)} ${(bytes / MIB).toFixed(1).padStart(7)} MiB in ${segments.length} files`);
}

async function time(what: string, read: () => Promise<number>): Promise<void> {
  const begin = performance.now();
  const points = await read();
  console.log(`  ${what}: ${(performance.now() - begin).toFixed(0)} ms, ${points} points`);
}
const seconds = hours * 3600;
await time("memory, all columns, down to 800 pixels", async () => {
  const rows: { time_seconds: number; cells: string[] }[] = [];
  for await (const batch of readTable(entry, "memory")) rows.push(...batch);
  const times = rows.map((row) => row.time_seconds);
  return [1, 2, 3, 4, 5, 6].reduce(
    (sum, column) =>
      sum + downsample({ times, values: rows.map((row) => Number(row.cells[column])) }, 800).times.length,
    0,
  );
});
await time(`processes, one sample in ${Math.round(seconds / 400)} s`, async () => {
  let rows = 0;
  for await (
    const batch of readTable(entry, "processes", {
      columns: ["PID", "Start_Time", "Name", "RSS_KB", "Anon_KB"],
      every_seconds: seconds / 400,
    })
  ) {
    rows += batch.length;
  }
  return rows;
});
await time("processes, all rows", async () => {
  let rows = 0;
  for await (const batch of readTable(entry, "processes", { columns: ["PID", "RSS_KB"] })) {
    rows += batch.length;
  }
  return rows;
});
Deno.removeSync(directory, { recursive: true });
