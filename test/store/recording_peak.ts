/** Reads a recording in one of both ways and writes how it ended, with its own peak of resident memory: for a test. */

import { listSessions } from "../../store/catalog.ts";
import { readSeries } from "../../store/series_reader.ts";
import { readTable } from "../../store/table_reader.ts";

const [how, path] = Deno.args as [string, string];
let end = "read", rows = 0, turns = 0;
const timer = setInterval(() => turns++, 5);
try {
  if (how === "series") { for (const { series } of readSeries(path)) rows += series[0]?.values.length ?? 0; }
  else {
    for await (const batch of readTable(listSessions([path])[0]!, "memory")) rows += batch.length;
  }
} catch (error) {
  end = error instanceof Error ? error.message : String(error);
}
clearInterval(timer);
const peak = /VmHWM:\s*(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))![1];
console.log(JSON.stringify({ end, rows, turns, peak_bytes: Number(peak) * 1024 }));
