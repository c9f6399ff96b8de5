/**
 * What the page costs: its size, the time to its first chart, a day's session, and the server's CPU with three viewers, also on a
 * machine of thousands of processes. Takes about five minutes and needs Chromium and Python.
 *
 *     deno task bench:page            (the sources; LEAKWATCH_BINARY names a built file)
 *
 * What a viewer who has stopped reading costs is bounded by messages, not measured: test/ui/broadcast_test.ts.
 */

import { fileURLToPath } from "node:url";
import { loadPageAssets } from "../../cli/serve/page_assets.ts";
import { recordFakeSession } from "../../test/ui/fake_session.ts";
import { closeBrowser, openBrowser } from "../../test/end_to_end/browser.ts";
import { serve } from "../../test/end_to_end/page_harness.ts";
import { Assets } from "../../ui/server/assets.ts";

const RESULTS = fileURLToPath(new URL("results.md", import.meta.url));
const LOADS = 15;
const WATCH_SECONDS = 30;
const MANY_PROCESSES = 2000;
/** Longer than the server goes on sampling when nobody looks. */
const AWAY_SECONDS = 40;
const COLD_LOADS = 2;
/** The first samples after a change compile code and read everything. */
const SETTLE_SECONDS = 10;
const TICKS_PER_SECOND = 100;
/** Forked, so that their memory is shared. They end with their parent. */
const IDLE = `
import ctypes, os, signal, sys
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        while True:
            signal.pause()
print("ready", flush=True)
signal.pause()
`;
/** Others' work at the start; what this does comes on top of it. */
const [LOAD_AT_START] = Deno.loadavg();

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
  await firstChart("the same in a window that has been open for 1 s", server.url, "", LOADS, 1);
  await firstChart(
    "first chart, live, nobody having looked for 40 s",
    server.url,
    "",
    COLD_LOADS,
    AWAY_SECONDS,
  );
  await measureRequest("24 h session at 5 s: state and verdicts, first time", `api/sessions/${id}/now`);
  await measureRequest("24 h session at 5 s: series of 800 points", `api/sessions/${id}/series?points=800`);
  await firstChart("first chart, 24 h session already opened", `${server.url}sessions/${id}`, "< 1 s");
  await viewers("three viewers of the overview", "");
  await viewers("three viewers of the process table", "processes");
  const stopIdling = await startIdle(MANY_PROCESSES);
  try {
    await viewers("three viewers of the overview", "");
    await viewers("three viewers of the process table", "processes");
  } finally {
    await stopIdling();
  }
  rows.push(["its resident memory after all this", `${Math.round(rssMebibytes())} MiB`, ""]);
} finally {
  await closeBrowser();
  await server.stop();
  await Deno.remove(directory, { recursive: true });
}
await report();

/**
 * From the start of the navigation to the frame after the chart was drawn, as the browser counts it, in a window of its own.
 * A window that has just been opened still builds itself; with `pauseSeconds` it is given the time to.
 */
async function firstChart(
  what: string,
  url: string,
  budget: string,
  loads = LOADS,
  pauseSeconds = 0,
): Promise<void> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1440, height: 900 } });
  const times: number[] = [];
  for (let i = 0; i < loads; i++) {
    const page = await context.newPage();
    await pause(pauseSeconds);
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
    `${what}, median of ${loads} (slowest ${Math.round(Math.max(...times))} ms)`,
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

async function viewers(what: string, screen: string): Promise<void> {
  const context = await (await openBrowser()).newContext({ viewport: { width: 1440, height: 900 } });
  for (let i = 0; i < 3; i++) await (await context.newPage()).goto(server.url + screen);
  await pause(SETTLE_SECONDS);
  const before = cpuSeconds();
  await pause(WATCH_SECONDS);
  const share = (cpuSeconds() - before) / WATCH_SECONDS * 100;
  rows.push([
    `server with ${what} at 2 s, ${processCount()} processes, sampling and verdicts included`,
    `${share.toFixed(1)} % of a core`,
    "< 2 %",
  ]);
  await context.close();
}

/** So many processes that do nothing; the returned function ends them. */
async function startIdle(count: number): Promise<() => Promise<void>> {
  const child = new Deno.Command("python3", { args: ["-c", IDLE, String(count)], stdout: "piped" }).spawn();
  const said = child.stdout.getReader();
  await said.read();
  return async () => {
    child.kill("SIGTERM");
    await said.cancel();
    await child.status;
  };
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
    `\`deno task bench:page\`, ${how}, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores (${cpu.trim()}), load average at the start ${
      LOAD_AT_START!.toFixed(1)
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
