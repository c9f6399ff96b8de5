/**
 * Servers that keep what they received until a time or a number of requests is over: their memory grows evenly for hours and then
 * stops, and no limit in bytes tells so. To add one, add a row with the page that says how long.
 */

import type { DeclaringProcess } from "./declaring_process.ts";
import { optionValue } from "./options.ts";
import { parseDuration } from "../../model/quantity.ts";

/** For how long after its start a program grows without leaking. */
export interface FillTime {
  seconds: number;
  /** One clause: what fills, and until when. Never text of the process. */
  reason: string;
}

const HOUR = 3600;

/**
 * https://prometheus.io/docs/prometheus/latest/storage/: the current block is kept in memory; the head is compacted once it spans one
 * and a half blocks (tsdb/head.go, compactable) of two hours. Mimir, Cortex and Thanos Receive embed the same head.
 */
function prometheus({ argv }: DeclaringProcess): FillTime {
  const given = optionValue(argv, ["--storage.tsdb.min-block-duration", "--tsdb.min-block-duration"]);
  const block = (given && parseDuration(given)) || 2 * HOUR;
  return { seconds: 1.5 * block, reason: "its newest samples stay in memory until their block is written" };
}

/**
 * https://etcd.io/docs/v3.5/tuning/#snapshot-tuning: the last --snapshot-count requests (100,000 by default, 10,000 since 3.6) stay in
 * memory. How long that takes depends on the load: a day is one request and more a second.
 */
const etcd = (): FillTime => ({
  seconds: 24 * HOUR,
  reason: "its last requests stay in memory until a snapshot is taken (--snapshot-count)",
});

const PROGRAMS: readonly { program: RegExp; read: (process: DeclaringProcess) => FillTime }[] = [
  { program: /^(prometheus|mimir|cortex|thanos)$/, read: prometheus },
  { program: /^etcd$/, read: etcd },
];

/** null: a program of which no such time is known. Pure. */
export const fillTime = (process: DeclaringProcess): FillTime | null =>
  PROGRAMS.find(({ program }) => program.test(process.program))?.read(process) ?? null;
