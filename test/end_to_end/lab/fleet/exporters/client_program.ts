/**
 * A Node program with its client library's own metrics: `--port=N --keep-bytes=N` keeps so many bytes a second for good (0: none).
 * Either way it fills a cache of bounded size and makes garbage, as a healthy server does.
 */

import { createServer } from "node:http";
import process from "node:process";
import { collectDefaultMetrics, register } from "prom-client";

const option = (name: string): number =>
  Number(process.argv.find((each) => each.startsWith(`--${name}=`))?.split("=")[1] ?? 0);
const TICKS_PER_SECOND = 5, CACHE_ENTRIES = 500, ENTRY_BYTES = 8192;
const kept: string[] = [];
const cache = new Map<number, string>();
let tick = 0;

/** Text of its own, on the heap, one byte a character. */
const text = (bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 32) }, () => Math.random().toString(36).padEnd(32).slice(0, 32))
    .join("");

setInterval(() => {
  tick++;
  cache.set(tick % CACHE_ENTRIES, text(ENTRY_BYTES));
  if (option("keep-bytes") > 0) kept.push(text(option("keep-bytes") / TICKS_PER_SECOND));
}, 1000 / TICKS_PER_SECOND);

collectDefaultMetrics();
createServer(async (_request, response) => {
  response.setHeader("content-type", register.contentType);
  response.end(await register.metrics());
}).listen(option("port"), "127.0.0.1");
