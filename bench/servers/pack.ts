/**
 * Makes a recording small enough to be kept: compresses its logs, and leaves out processes that are no scenario's.
 *
 *     deno task bench:servers:pack FOLDER_OF_A_RECORDING FOLDER_TO_WRITE [--only=REGEX]
 *
 * Logs are written as rotated segments (`NAME.log.1.gz`), which leakwatch reads as they are. Tables with a PID keep the rows of labelled
 * processes only; all others are kept whole. Prose is left out.
 */
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { parseCsvLine } from "../../store/csv.ts";
import type { Labels } from "./labels.ts";

const PROSE = /_(summary|alerts)\.log$/;

/** A table's text with only those rows whose PID is among `pids`; whole where it has no such column. */
export function keepProcesses(table: string, pids: ReadonlySet<string>): string {
  const lines = table.split("\n");
  const column = parseCsvLine(lines[0]!).indexOf("PID");
  if (column < 0) return table;
  // Fields before the PID hold no quotes: a timestamp at most.
  return lines.filter((line, i) => i === 0 || line === "" || pids.has(line.split(",", column + 1)[column]!))
    .join("\n");
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { only: { type: "string", default: "" } },
  });
  const [from, to] = positionals, only = new RegExp(values.only);
  if (!from || !to) {
    console.error("pack: name the folder of a recording and the folder to write");
    Deno.exit(2);
  }
  const labels: Labels = JSON.parse(Deno.readTextFileSync(`${from}/labels.json`));
  labels.programs = labels.programs.filter(({ name }) => only.test(name));
  const pids = new Set(labels.programs.flatMap(({ processes }) => processes.map(({ pid }) => String(pid))));
  Deno.mkdirSync(to, { recursive: true });
  let bytes = 0;
  const write = (name: string, content: Uint8Array) => {
    Deno.writeFileSync(`${to}/${name}`, content);
    bytes += content.length;
  };
  write("labels.json", new TextEncoder().encode(`${JSON.stringify(labels, null, 1)}\n`));
  for (const { name } of Deno.readDirSync(from)) {
    if (name.endsWith("_session.json")) write(name, Deno.readFileSync(`${from}/${name}`));
    const stem = name.replace(/\.1\.gz$/, "");
    if (!stem.endsWith(".log") || PROSE.test(stem)) continue;
    const content = Deno.readFileSync(`${from}/${name}`);
    const table = new TextDecoder().decode(stem === name ? content : gunzipSync(content));
    write(`${stem}.1.gz`, gzipSync(keepProcesses(table, pids), { level: 9 }));
  }
  console.error(`pack: ${(bytes / 1e6).toFixed(1)} MB in ${to}`);
}
