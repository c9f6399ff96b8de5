/** `monitor 1 5` beside a program that leaks: what an administrator finds a minute later. */

import assert from "node:assert/strict";
import { listSessions } from "../../../store/catalog.ts";
import { readTable } from "../../../store/table_reader.ts";
import { leakwatch } from "../../cli/leakwatch.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { inDirectory } from "../../store/sessions.ts";

/** 2 MiB a second. */
const LEAKER = `
import os, time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 2: kept.append(os.urandom(1024) * 1024)
    time.sleep(0.1)`;

for (const program of programs()) {
  Deno.test({
    ...requires(
      `monitor 1 5 beside a leaking program: files, rows, alert, and found again (${program.name})`,
      "python3",
    ),
    fn: () =>
      inDirectory(async (directory) => {
        const child = new Deno.Command("python3", { args: ["-c", LEAKER] }).spawn();
        try {
          const ran = await leakwatch(program, ["monitor", "1", "5", "-o", directory]);
          assert.equal(ran.code, 0, ran.stderr);
          const [session] = listSessions([directory]);
          assert.ok(session!.info!.samples! >= 12 && session!.info!.samples! <= 13);

          const sizes: number[] = [];
          for await (const rows of readTable(session!, "processes", { columns: ["PID", "Anon_KB"] })) {
            for (const { cells } of rows) if (Number(cells[0]) === child.pid) sizes.push(Number(cells[1]));
          }
          assert.ok(sizes.length >= 12, "a row in every sample");
          assert.ok(sizes.at(-1)! - sizes[0]! > 80 * 1024, `from ${sizes[0]} to ${sizes.at(-1)} KB`);

          const alerts = Deno.readTextFileSync(session!.logs.alerts![0]!.path);
          assert.match(alerts, new RegExp(`,firing,"?python3 \\(${child.pid}\\)`));

          const again = await leakwatch(program, ["analyze", "--from", directory, "--format", "json"]);
          assert.equal(again.code, 0, again.stderr);
          const { series } = JSON.parse(again.stdout) as { series: { name: string; verdict: string }[] };
          const found = series.filter(({ name, verdict }) =>
            name.startsWith("Anon_KB") && name.includes(String(child.pid)) && /^(leak|growing)$/.test(verdict)
          );
          assert.ok(found.length > 0, "analyze --from finds it");
        } finally {
          child.kill("SIGKILL");
          await child.status;
        }
      }),
  });
}
