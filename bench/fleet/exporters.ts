/**
 * Real exporters and a leaking and a healthy program in Node and in Go, scraped for an hour (--minutes=60), then judged by the sources:
 *
 *     deno run --allow-all bench/fleet/exporters.ts [--minutes=60]
 *
 * Needs Debian's prometheus, prometheus-node-exporter, prometheus-process-exporter, golang-go, golang-github-prometheus-client-golang-dev.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startExporters } from "../../test/end_to_end/lab/fleet/exporters/mod.ts";
import { startPrometheus } from "../../test/end_to_end/lab/fleet/servers.ts";

const { values } = parseArgs({ args: Deno.args, options: { minutes: { type: "string", default: "60" } } });
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const directory = Deno.makeTempDirSync();
const exporters = await startExporters({ directory, leak_bytes_per_second: 20_000, scrape_interval: "10s" });
const server = await startPrometheus(exporters.config);
try {
  await new Promise((resolve) => setTimeout(resolve, Number(values.minutes) * 60_000));
  const args = ["run", "--allow-all", MAIN, "analyze", "--from", server.url, "--last", "1h"];
  await new Deno.Command(Deno.execPath(), { args }).spawn().status;
} finally {
  await server.stop();
  await exporters.stop();
  Deno.removeSync(directory, { recursive: true });
}
