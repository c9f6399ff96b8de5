/** `monitor 1 5` beside a program that leaks: what an administrator finds a minute later. */

import assert from "node:assert/strict";
import { listSessions } from "../../../store/catalog.ts";
import { readTable } from "../../../store/table_reader.ts";
import { leakwatch } from "../../cli/leakwatch.ts";
import { type Program, sideBySide } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { inDirectory } from "../../store/sessions.ts";

/** 2 MiB a second. */
const LEAKER = `
import os, time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 2: kept.append(os.urandom(1024) * 1024)
    time.sleep(0.1)`;

Deno.test({
  ...requires("monitor 1 5 beside a leaking program: files, rows, alert, and found again", "python3"),
  fn: (t) =>
    inDirectory(async (base) => {
      const child = new Deno.Command("python3", { args: ["-c", LEAKER] }).spawn();
      try {
        const watched = await sideBySide((program) =>
          leakwatch(program, ["monitor", "1", "5", "-o", `${base}/${program.name}`])
        );
        for (const { program, result: ran } of watched) {
          await t.step(program.name, async () => {
            assert.equal(ran.code, 0, ran.stderr);
            await assertFound(program, `${base}/${program.name}`, child.pid);
          });
        }
      } finally {
        child.kill("SIGKILL");
        await child.status;
      }
    }),
});

async function assertFound(program: Program, directory: string, pid: number): Promise<void> {
  const [session] = listSessions([directory]);
  assert.ok(session!.info!.samples! >= 12 && session!.info!.samples! <= 13);

  const sizes: number[] = [];
  for await (const rows of readTable(session!, "processes", { columns: ["PID", "Anon_KB"] })) {
    for (const { cells } of rows) if (Number(cells[0]) === pid) sizes.push(Number(cells[1]));
  }
  assert.ok(sizes.length >= 12, "a row in every sample");
  assert.ok(sizes.at(-1)! - sizes[0]! > 80 * 1024, `from ${sizes[0]} to ${sizes.at(-1)} KB`);

  const alerts = Deno.readTextFileSync(session!.logs.alerts![0]!.path);
  assert.match(alerts, new RegExp(`,firing,"?python3 \\(${pid}\\)`));

  const again = await leakwatch(program, ["analyze", "--from", directory, "--format", "json"]);
  assert.equal(again.code, 0, again.stderr);
  const { series } = JSON.parse(again.stdout) as { series: { name: string; verdict: string }[] };
  const found = series.filter(({ name, verdict }) =>
    name.startsWith("Anon_KB") && name.includes(String(pid)) && /^(leak|growing)$/.test(verdict)
  );
  assert.ok(found.length > 0, "analyze --from finds it");
}
