/**
 * What the page's server does under 1,000 connections that say nothing, half a request, or a byte a second; 50 viewers; 10,000
 * requests; and with fewer descriptors than connections. Starts `serve` on a loopback port of its own.
 *
 *     deno run --allow-all bench/attack/connections.ts [PROGRAM]        a built leakwatch; without one, the sources
 */

import { fileURLToPath } from "node:url";

const CONNECTIONS = 1000, VIEWERS = 50, REQUESTS = 10_000, CLIENTS = 20, DESCRIPTORS = 300;
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const program = Deno.args[0] ? [Deno.args[0]] : [Deno.execPath(), "run", "--quiet", "--allow-all", MAIN];
const encoder = new TextEncoder(), decoder = new TextDecoder();
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** `serve` with so many descriptors. */
async function start(descriptors: number) {
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      `ulimit -n ${descriptors} && exec "$0" "$@" 2>&1`,
      ...program,
      "serve",
      "--port",
      "0",
      "--no-token",
    ],
    stdout: "piped",
  }).spawn();
  let said = "";
  const port = Promise.withResolvers<number>();
  (async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += part;
      const match = said.match(/http:\/\/127\.0\.0\.1:(\d+)\//);
      if (match) port.resolve(Number(match[1]));
    }
    port.reject(new Error(said));
  })();
  return { child, port: await port.promise, said: () => said.trim().split("\n").slice(1) };
}

const proc = (pid: number, file: string) => Deno.readTextFileSync(`/proc/${pid}/${file}`);
const connect = (port: number) => Deno.connect({ hostname: "127.0.0.1", port });
const send = (connection: Deno.Conn, text: string) => connection.write(encoder.encode(text)).catch(() => 0);

/** Status, and seconds until the answer was whole. */
async function get(port: number, path: string): Promise<{ status: string; seconds: number }> {
  const begin = performance.now();
  let text = "";
  try {
    const connection = await connect(port);
    await send(connection, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    for await (const part of connection.readable) text ||= decoder.decode(part);
  } catch { /* refused, or broken off: then there is no status */ }
  return { status: text.slice(9, 12) || "none", seconds: (performance.now() - begin) / 1000 };
}

async function report(what: string, port: number, pid: number): Promise<void> {
  const { status, seconds } = await get(port, "/healthz");
  const cpu = proc(pid, "stat").split(") ")[1]!.split(" ").slice(11, 13).reduce(
    (sum, n) => sum + Number(n) / 100,
    0,
  );
  const rss = Number(/VmRSS:\s+(\d+)/.exec(proc(pid, "status"))![1]) / 1024;
  const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  console.log(
    `${what.padEnd(44)} /healthz ${status} after ${seconds.toFixed(2)} s; ${descriptors} descriptors, ${
      rss.toFixed(0)
    } MiB, ${cpu.toFixed(1)} s of CPU so far`,
  );
}

/** Opens connections, and gives each what `say` says of it at the beginning and then once a second. */
async function hold(port: number, pid: number, what: string, say: (second: number) => string): Promise<void> {
  const open: Deno.Conn[] = [];
  for (let n = 0; n < CONNECTIONS; n++) open.push(await connect(port));
  for (let second = 0; second < 13; second++) {
    const text = say(second);
    if (text) { for (const connection of open) await send(connection, text); }
    if (second === 0) await report(`${CONNECTIONS} connections, ${what}`, port, pid);
    await pause(1);
  }
  await report("  13 s later", port, pid);
  for (const connection of open) connection.close();
}

async function attack(): Promise<void> {
  const { child, port, said } = await start(8192);
  const { pid } = child;
  await pause(5);
  await report("before", port, pid);
  await hold(port, pid, "idle", () => "");
  await hold(
    port,
    pid,
    "half a request",
    (second) => second === 0 ? "GET /api/now HTTP/1.1\r\nHost: 127" : "",
  );
  await hold(port, pid, "a byte a second", (second) => second === 0 ? "GET /api/now HTTP/1.1\r\nX: " : "x");

  let events = 0;
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => connect(port)));
  for (const viewer of viewers) {
    await send(viewer, "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    (async () => {
      for await (const part of viewer.readable) events += decoder.decode(part).split("event: now").length - 1;
    })().catch(() => {});
  }
  await pause(10);
  await report(`${VIEWERS} viewers, ${events} events in 10 s`, port, pid);
  const statuses = new Map<string, number>();
  let left = REQUESTS;
  const begin = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (left-- > 0) {
      const { status } = await get(port, ["/healthz", "/api/now", "/api/processes", "/metrics"][left % 4]!);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }));
  const counts = [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
  await report(`${REQUESTS} requests beside them: ${counts}`, port, pid);
  console.log(`  in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  for (const viewer of viewers) viewer.close();
  await pause(3);
  await report("after", port, pid);
  child.kill("SIGTERM");
  console.log(`ended with ${(await child.status).code}; it said: ${said().join(" ") || "nothing"}`);
}

async function starve(): Promise<void> {
  const { child, port, said } = await start(DESCRIPTORS);
  await pause(5);
  const open: Deno.Conn[] = [];
  for (let n = 0; n < CONNECTIONS; n++) open.push(await connect(port));
  await report(`${DESCRIPTORS} descriptors, ${CONNECTIONS} connections, idle`, port, child.pid);
  for (const connection of open) connection.close();
  child.kill("SIGTERM");
  console.log(`ended with ${(await child.status).code}; it said: ${said().join(" ") || "nothing"}`);
}

await attack();
await starve();
