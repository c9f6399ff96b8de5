import { deepStrictEqual, strictEqual } from "node:assert";
import { parseHsperfdata } from "../../../bench/servers/hsperfdata.ts";
import {
  descendants,
  parseStat,
  type ProcessStat,
  readMark,
  readProcesses,
} from "../../../bench/servers/processes.ts";
import { slopePerHour } from "../../../bench/servers/slope.ts";
import { SCENARIOS } from "../../../bench/servers/scenarios/mod.ts";

Deno.test("stat is parsed from the last parenthesis", () => {
  const line = "812 (a) (b)) S 1 812 812 0 -1 4194560 100 200 3 4 50 7 0 0 20 0 1 0 4471 1000 10 0";
  deepStrictEqual(parseStat(line), {
    pid: 812,
    name: "a) (b)",
    ppid: 1,
    minor_faults: 100,
    cpu_ticks: 57,
    start_ticks: 4471,
  });
});

Deno.test("descendants are found over generations, and cycles end", () => {
  const stat = (pid: number, ppid: number): ProcessStat => ({
    pid,
    ppid,
    name: "",
    cpu_ticks: 0,
    minor_faults: 0,
    start_ticks: 0,
  });
  const all = [stat(2, 1), stat(3, 2), stat(4, 3), stat(5, 1), stat(6, 7), stat(7, 6)];
  deepStrictEqual([...descendants([2], all)].sort(), [2, 3, 4]);
  deepStrictEqual([...descendants([6], all)].sort(), [6, 7]);
});

Deno.test("this process is among those read, without a mark", () => {
  strictEqual(readProcesses().some(({ pid }) => pid === Deno.pid), true);
  strictEqual(readMark(Deno.pid), null);
});

Deno.test("the slope of a straight line is its rate", () => {
  const points = Array.from({ length: 200 }, (_, i) => ({ seconds: i, bytes: 1000 + i * 10 }));
  strictEqual(slopePerHour(points), 36000);
  strictEqual(slopePerHour(points.slice(0, 50)), null);
  strictEqual(slopePerHour([]), null);
});

/** A file with the given counters, laid out as the JVM does, little endian. */
function hsperfdata(counters: [string, bigint][]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32 + counters.length * 64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xcafec0c0);
  view.setUint8(4, 1);
  view.setInt32(24, 32, true);
  view.setInt32(28, counters.length, true);
  counters.forEach(([name, value], i) => {
    const at = 32 + i * 64;
    view.setInt32(at, 64, true);
    view.setInt32(at + 4, 20, true);
    view.setUint8(at + 12, "J".charCodeAt(0));
    view.setInt32(at + 16, 56, true);
    bytes.set(new TextEncoder().encode(name), at + 20);
    view.setBigInt64(at + 56, value, true);
  });
  return bytes;
}

Deno.test("counters of a JVM are read by name", () => {
  const bytes = hsperfdata([["sun.gc.collector.0.invocations", 7n], ["sun.os.hrt.frequency", 1000000000n]]);
  deepStrictEqual([...parseHsperfdata(bytes)], [
    ["sun.gc.collector.0.invocations", 7],
    ["sun.os.hrt.frequency", 1e9],
  ]);
});

Deno.test("what is torn or none of a JVM gives fewer counters, never an error", () => {
  const bytes = hsperfdata([["a", 1n], ["b", 2n]]);
  for (let length = 0; length < bytes.length; length++) parseHsperfdata(bytes.slice(0, length));
  deepStrictEqual([...parseHsperfdata(bytes.slice(0, 100)).keys()], ["a"]);
  strictEqual(parseHsperfdata(new Uint8Array(64)).size, 0);
});

Deno.test("there are twenty healthy and twenty leaking programs, each with its own name", () => {
  strictEqual(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  for (const truth of ["healthy", "leak"]) {
    strictEqual(SCENARIOS.filter((scenario) => scenario.truth === truth).length >= 20, true);
  }
  for (const { kind, truth } of SCENARIOS) strictEqual(kind === null, truth === "healthy");
});
