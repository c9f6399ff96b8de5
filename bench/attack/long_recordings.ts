/**
 * `analyze --from` of three million rows: processor time and peak of resident memory, for two columns, the memory log's ten, and
 * the process log's fifteen.
 *
 *     deno run --allow-all bench/attack/long_recordings.ts [ROWS=3000000]        needs 400 MB in /dev/shm
 */

import { fileURLToPath } from "node:url";

const rows = Number(Deno.args[0] ?? 3_000_000);
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const START = Date.UTC(2026, 0, 1);
const stamp = (n: number) => new Date(START + n * 1000).toISOString();
const level = (n: number) => 1_000_000 + (n * 7919) % 5000;
const PROCESSES = 40;

const TABLES: Record<string, { header: string; row(n: number): string }> = {
  "2 columns": { header: "Timestamp,Used_KB", row: (n) => `${stamp(n)},${level(n)}` },
  "memory": {
    header:
      "Timestamp,Total_KB,Used_KB,Free_KB,Available_KB,Buffers_KB,Cached_KB,Usage_Percent,Top_Process,Top_Process_Mem",
    row: (n) =>
      `${stamp(n)},16000000,${level(n)},3000000,${16_000_000 - level(n)},100000,2400000,43.21,java,900000`,
  },
  "processes": {
    header:
      "Timestamp,PID,PPID,User,Name,State,RSS_KB,Anon_KB,Swap_KB,VSZ_KB,PSS_KB,Threads,Open_FDs,Start_Time,Command",
    row: (n) => {
      const sample = Math.floor(n / PROCESSES), pid = 1000 + n % PROCESSES;
      return `${stamp(sample)},${pid},1,app,worker,S,${level(n)},${level(n) - 9000},0,2000000,,12,34,${
        stamp(0)
      },worker --n ${pid}`;
    },
  },
};

const path = Deno.makeTempFileSync({ dir: "/dev/shm", suffix: ".csv" });
try {
  for (const [name, { header, row }] of Object.entries(TABLES)) {
    using file = Deno.openSync(path, { write: true, truncate: true });
    for (let n = -1; n < rows;) {
      let text = n < 0 ? header + "\n" : "";
      for (n = Math.max(n, 0); n < rows && text.length < 1 << 20; n++) text += row(n) + "\n";
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      if (n >= rows) break;
    }
    const { stderr } = new Deno.Command("/usr/bin/time", {
      args: [
        "-f",
        "%U user %S sys %M KiB",
        Deno.execPath(),
        "run",
        "--allow-all",
        "--no-check",
        MAIN,
        "analyze",
        "--quiet",
        "--from",
        path,
      ],
    }).outputSync();
    const [, user, sys, peak] = /([\d.]+) user ([\d.]+) sys (\d+) KiB/.exec(
      new TextDecoder().decode(stderr),
    )!;
    console.log(
      `${name}: ${rows} rows, ${Math.round(Deno.statSync(path).size / 1e6)} MB: ${user} + ${sys} s, peak ${
        Math.round(Number(peak) / 1024)
      } MiB`,
    );
  }
} finally {
  Deno.removeSync(path);
}
