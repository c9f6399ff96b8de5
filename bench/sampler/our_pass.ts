/**
 * leakwatch's sampler, one pass for each line on standard input; prints the microseconds of processor time that it took
 * and the number of processes. The clock it is told runs a second a pass, so that stat (every 10 s) and status with the
 * descriptors (every 15 s) come as often as at 1 Hz.
 */

import { ProcessTable } from "../../collectors/process/process_table.ts";
import { cpuMicroseconds } from "./cpu_time.ts";

const table = new ProcessTable("/proc");
let seconds = 0;
const line = new Uint8Array(64);
const encoder = new TextEncoder();
while (Deno.stdin.readSync(line) !== null) {
  const begin = cpuMicroseconds();
  table.scan(seconds++, 0);
  const used = cpuMicroseconds() - begin;
  Deno.stdout.writeSync(encoder.encode(`${used.toFixed(1)} ${table.records.length}\n`));
}
