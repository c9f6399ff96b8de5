/**
 * What the page costs: its size, the time to its first chart, a day's session, the server's CPU with three viewers, and its
 * memory with one that has stopped reading. Takes about two minutes and needs Chromium.
 *
 *     deno task bench:page            (the sources; LEAKWATCH_BINARY names a built file)
 */

import { loadPageAssets } from "../../cli/serve/page_assets.ts";
import { recordFakeSession } from "../../test/ui/fake_session.ts";
import { closeBrowser, openBrowser, serve } from "../../test/end_to_end/page_harness.ts";
import { Assets } from "../../ui/server/assets.ts";

const RESULTS = new URL("results.md", import.meta.url).pathname;
const LOADS = 15;
const WATCH_SECONDS = 40;
const TICKS_PER_SECOND = 100;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const rows: [what: string, measured: string, budget: string][] = [];

const sizes = new Assets(await loadPageAssets()).sizes();
rows.push(["page, gzip, all files", kb(sizes.gzip), "< 90 kB"]);
rows.push(["page, brotli, all files", kb(sizes.brotli), "< 90 kB"]);

const directory = await Deno.makeTempDir();
const id = await recordFakeSession(directory, { hours: 24, interval_seconds: 5 });
const server = await serve(["--dir", directory, "--interval", "2s"]);
try {
  await firstChart("first chart, live", server.url, "< 300 ms");
  await measureRequest("24 h session at 5 s: state and verdicts, first time", `api/sessions/${id}/now`);
  await measureRequest("24 h session at 5 s: series of 800 points", `api/sessions/${id}/series?points=800`);
  await firstChart("first chart, 24 h session already opened", `${server.url}sessions/${id}`, "< 1 s");
  await viewers();
  await stalledViewer();
} finally {
  await closeBrowser();
  await server.stop();
  await Deno.remove(directory, { recursive: true });
}
await report();

/** From the start of the navigation to the frame after the chart was drawn, as the browser counts it. */
async function firstChart(what: string, url: string, budget: string): Promise<void> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1440, height: 900 } });
  const times: number[] = [];
  for (let i = 0; i < LOADS; i++) {
    const page = await context.newPage();
    await page.addInitScript(() => {
      const look = () => {
        const canvas = document.querySelector(".memory-chart canvas");
        if (canvas) {
          requestAnimationFrame(() => Object.assign(globalThis, { firstChartAt: performance.now() }));
        } else requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(url);
    const handle = await page.waitForFunction(() => (globalThis as { firstChartAt?: number }).firstChartAt);
    times.push(await handle.jsonValue() as number);
    await page.close();
  }
  await context.close();
  rows.push([
    `${what}, median of ${LOADS} (slowest ${Math.round(Math.max(...times))} ms)`,
    `${Math.round(median(times))} ms`,
    budget,
  ]);
}

async function measureRequest(what: string, path: string): Promise<void> {
  const begin = performance.now();
  await (await fetch(server.url + path)).arrayBuffer();
  rows.push([what, `${Math.round(performance.now() - begin)} ms`, "< 1 s"]);
}

/** User and system time of the server, in seconds. */
function cpuSeconds(): number {
  const stat = Deno.readTextFileSync(`/proc/${server.pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssMebibytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${server.pid}/status`))![1]) / 1024;
}

function processCount(): number {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).length;
}

async function viewers(): Promise<void> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1440, height: 900 } });
  for (let i = 0; i < 3; i++) await (await context.newPage()).goto(server.url);
  await pause(5);
  const before = cpuSeconds();
  await pause(WATCH_SECONDS);
  const share = (cpuSeconds() - before) / WATCH_SECONDS * 100;
  rows.push([
    `server with three viewers at 2 s, ${processCount()} processes, sampling and verdicts included`,
    `${share.toFixed(1)} % of a core`,
    "< 2 %",
  ]);
  rows.push(["its resident memory meanwhile", `${Math.round(rssMebibytes())} MiB`, ""]);
  await context.close();
}

/** A connection that asks for the stream and then reads nothing. */
async function stalledViewer(): Promise<void> {
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(`GET /api/live HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`),
  );
  await pause(5);
  const before = rssMebibytes();
  await pause(20);
  rows.push([
    "growth in 20 s with a viewer that stopped reading",
    `${(rssMebibytes() - before).toFixed(1)} MiB`,
    "none",
  ]);
  connection.close();
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

async function report(): Promise<void> {
  const how = Deno.env.get("LEAKWATCH_BINARY") ? "the built file" : "the sources";
  const cpu = /model name\s*:\s*(.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "?";
  const lines = [
    "# What the page costs",
    "",
    `\`deno task bench:page\`, ${how}, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores (${cpu.trim()}), load average ${
      Deno.loadavg()[0]!.toFixed(1)
    }.`,
    "",
    "| what | measured | budget |",
    "| --- | --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ];
  await Deno.writeTextFile(RESULTS, lines.join("\n"));
  console.log(lines.slice(4).join("\n"));
}
