/**
 * Inputs that were mutated at random, through every parser of what others can write: none may throw anything but its own error,
 * nor take long.
 *
 *     deno run --allow-all bench/attack/mutations.ts [INPUTS]
 */

import { applyInspection, parseContainers, parseSpace } from "../../collectors/container/engine_parse.ts";
import {
  parseFlatKeyed,
  parseProcessCgroup,
  parseStatV1,
  parseStatV2,
} from "../../collectors/cgroup/cgroup_parse.ts";
import { ByteCursor } from "../../collectors/byte_cursor.ts";
import { identifyCgroup } from "../../collectors/cgroup/cgroup_identity.ts";
import { parseBuddyinfo } from "../../collectors/kernel/buddyinfo.ts";
import { parseMeminfo } from "../../collectors/kernel/meminfo.ts";
import { parseSlabinfo } from "../../collectors/kernel/slabinfo.ts";
import { parsePing } from "../../collectors/container/engine_parse.ts";
import { emptyStat, parseStat } from "../../collectors/procfs/stat.ts";
import { parseStatm } from "../../collectors/procfs/statm.ts";
import { emptyStatus, parseStatus } from "../../collectors/procfs/status.ts";
import { safeJson, safeText } from "../../model/safe_text.ts";
import { parseCsvLine } from "../../store/csv.ts";
import { parseSeries } from "../../store/series_table.ts";
import { parseSessionInfo } from "../../store/session_info.ts";
import { parseFileName } from "../../store/session_names.ts";
import { sessionInfo } from "../../test/store/sessions.ts";
import { MORE_TARGETS } from "./more_targets.ts";

const ID = "memory_monitor_20260101_000000";
const encoder = new TextEncoder();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export interface Target {
  name: string;
  seed: string | Uint8Array;
  parse(bytes: Uint8Array): unknown;
  /** Asked in one of so many rounds: it takes long. */
  one_in?: number;
}

const stamp = (n: number) => `2026-01-01T00:0${n}:00.000Z`;
const targets: Target[] = [
  ...MORE_TARGETS,
  {
    name: "series",
    seed: "Timestamp,PID,Start_Time,RSS_KB,Command\n" +
      [0, 1, 2].map((n) => `${stamp(n)},7,${stamp(0)},${n},"a,b"\n`).join(""),
    parse: (bytes) => parseSeries("x", [{ name: "x", chunks: () => [bytes] }]),
  },
  {
    name: "series without identity",
    seed: "time;host;kbmemfree\n" + [0, 1, 1].map((n) => `${stamp(n)};h${n};${n}.5\n`).join(""),
    parse: (bytes) => parseSeries("x", [{ name: "x", chunks: () => [bytes] }]),
  },
  { name: "CSV line", seed: '2026,"a ""b"" c",,=1+1,\'=x', parse: (bytes) => parseCsvLine(text(bytes)) },
  {
    name: "session.json",
    seed: JSON.stringify(sessionInfo({ id: ID, kind: "memory-monitor" })),
    parse: (bytes) => parseSessionInfo(text(bytes)),
  },
  { name: "file name", seed: `${ID}_memory.log.12.gz`, parse: (bytes) => parseFileName(text(bytes)) },
  {
    name: "meminfo",
    seed: "MemTotal: 16000000 kB\nMemFree: 4000000 kB\nSwapCached: 1 kB\n",
    parse: (bytes) => parseMeminfo(text(bytes)),
  },
  {
    name: "slabinfo",
    seed: "slabinfo - version: 2.1\n# name\nbio 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 2 0\n",
    parse: (bytes) => parseSlabinfo(text(bytes), 4096),
  },
  {
    name: "buddyinfo",
    seed: "Node 0, zone   Normal 1 2 3 4 5 6 7 8 9 10 11\n",
    parse: (bytes) => parseBuddyinfo(text(bytes), 4096),
  },
  {
    name: "stat",
    seed: `812 (a) b (c)) S 1 ${"2 ".repeat(48)}\n`,
    parse: (bytes) => parseStat(cursorOf(bytes), emptyStat()),
  },
  {
    name: "statm",
    seed: "100 50 20 1 0 30 0\n",
    parse: (bytes) =>
      parseStatm(cursorOf(bytes), { size_pages: 0, resident_pages: 0, shared_pages: 0, text_pages: 0 }),
  },
  {
    name: "status",
    seed: "Name:\tx\nUid:\t0\t0\t0\t0\nTgid:\t7\nVmSwap:\t  5 kB\nRssShmem:\t 6 kB\nThreads:\t3\n",
    parse: (bytes) => parseStatus(cursorOf(bytes), emptyStatus()),
  },
  {
    name: "cgroup files",
    seed: "anon 1\nfile 2\nkernel 3\noom_kill 4\ntotal_rss 5\n0::/system.slice/docker-" + "a".repeat(64) +
      ".scope\n",
    parse(bytes) {
      const all = text(bytes);
      parseFlatKeyed(all);
      parseStatV1(all);
      parseStatV2(all);
      identifyCgroup(parseProcessCgroup(all).memory ?? all);
    },
  },
  {
    name: "engine",
    seed: JSON.stringify([{
      Id: "a",
      Names: ["/x"],
      State: "running",
      Status: "Exited (1)",
      Labels: { a: "b" },
    }]),
    parse(bytes) {
      const json = JSON.parse(text(bytes));
      parsePing(new Map([["server", text(bytes)], ["api-version", text(bytes)]]));
      for (const container of parseContainers(json)) applyInspection(container, json);
      parseSpace(json);
    },
  },
  {
    name: "safe text",
    seed: "a\u202eb\x1b[31m\\n\ud83d\ude00ü",
    parse(bytes) {
      safeText(text(bytes));
      JSON.parse(safeJson({ [text(bytes)]: text(bytes) }));
    },
  },
];

function cursorOf(bytes: Uint8Array): ByteCursor {
  const cursor = new ByteCursor(new Uint8Array(64 * 1024));
  cursor.bytes.set(bytes);
  cursor.reset(bytes.length);
  return cursor;
}

/** A few bytes changed, removed, doubled or put in. */
function mutate(seed: Uint8Array): Uint8Array {
  let bytes = seed.slice();
  for (let times = 1 + Math.floor(Math.random() * 4); times > 0; times--) {
    const at = Math.floor(Math.random() * bytes.length), count = 1 + Math.floor(Math.random() * 8);
    switch (Math.floor(Math.random() * 4)) {
      case 0:
        bytes[at] = Math.random() < 0.5
          ? Math.floor(Math.random() * 256)
          : ODD[Math.floor(Math.random() * ODD.length)]!;
        break;
      case 1:
        bytes = new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(at + count)]);
        break;
      case 2:
        bytes = new Uint8Array([...bytes.subarray(0, at + count), ...bytes.subarray(at)]);
        break;
      default:
        bytes = new Uint8Array([...bytes.subarray(0, at), ...seed.subarray(0, count), ...bytes.subarray(at)]);
    }
  }
  return bytes;
}
const ODD = encoder.encode('",;\n\r\0\\-+.:{}[]()\t 9');

/** Errors that parsers say they throw; JSON.parse's is the engine client's to catch. */
const OWN = new Set([
  "SeriesFormatError",
  "ParseError",
  "ZodError",
  "$ZodError",
  "SyntaxError",
  "ProfileError",
]);
/** Errors that keep Error's own name. */
const OWN_CLASSES = new Set(["ParseError", "ProfileError", "AnswerFormatError"]);
const wanted = Number(Deno.args[0] ?? 1_000_000);
const foreign = new Map<string, number>();
let inputs = 0, refused = 0, slowest = 0, slowest_target = "";
for (let n = 0; inputs < wanted; n++) {
  const target = targets[n % targets.length]!, round = Math.floor(n / targets.length);
  if (target.one_in && round % target.one_in !== 0) continue;
  inputs++;
  const bytes = mutate(typeof target.seed === "string" ? encoder.encode(target.seed) : target.seed);
  const begin = performance.now();
  try {
    target.parse(bytes);
  } catch (error) {
    const name = error instanceof Error ? error.name : String(error);
    if (OWN.has(name) || (error instanceof Error && OWN_CLASSES.has(error.constructor.name))) refused++;
    else {
      const what = `${target.name}: ${name}: ${error}`;
      foreign.set(what, (foreign.get(what) ?? 0) + 1);
    }
  }
  const took = performance.now() - begin;
  if (took > slowest) [slowest, slowest_target] = [took, target.name];
}
for (const [what, count] of [...foreign].slice(0, 20)) console.log(`${count} × ${what}`);
console.log(
  `${wanted} inputs to ${targets.length} parsers, ${refused} refused, ${foreign.size} kinds of foreign errors, slowest ${
    slowest.toFixed(1)
  } ms (${slowest_target})`,
);
Deno.exit(foreign.size === 0 ? 0 : 1);
