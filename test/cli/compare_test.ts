/** `analyze --from BEFORE --against AFTER`, on recorded sessions and on tables, as a process. */

import assert from "node:assert/strict";
import { programs } from "../programs.ts";
import { recordFakeSession } from "../ui/fake_session.ts";
import { leakwatch } from "./leakwatch.ts";

const csv = (kib: (minute: number) => number): string =>
  "Timestamp,Used_KB\n" +
  Array.from({ length: 400 }, (_, i) => `${1_700_000_000 + i * 60},${Math.round(kib(i))}\n`).join("");

for (const program of programs()) {
  Deno.test(`analyze --against: a leak that is gone, in a session and in a table (${program.name})`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      const before = `${directory}/before`, after = `${directory}/after`;
      await recordFakeSession(before, { hours: 2, interval_seconds: 60 });
      await recordFakeSession(after, { hours: 2, interval_seconds: 60, leak_bytes_per_hour: 0 });
      const sessions = await leakwatch(program, ["analyze", "--from", before, "--against", after]);
      assert.equal(sessions.code, 0, sessions.stderr);
      assert.match(sessions.stdout, /3 leaks gone: .*java \(app\.service\) \d+ MiB\/h → 0/);
      assert.match(sessions.stdout, /java \(app\.service\) +\d+ MiB\/h +0 +gone/);

      await Deno.writeTextFile(`${directory}/a.csv`, csv((i) => 1000 + i * 500));
      await Deno.writeTextFile(`${directory}/b.csv`, csv((i) => 1000 + i % 7));
      const tables = (from: string, against: string, ...more: string[]) =>
        leakwatch(program, [
          "analyze",
          "--from",
          `${directory}/${from}.csv`,
          "--against",
          `${directory}/${against}.csv`,
          ...more,
        ]);
      const gone = JSON.parse((await tables("a", "b", "--format", "json", "--fail-on", "leak")).stdout);
      assert.equal(gone.schema, "leakwatch.comparison/1");
      assert.deepEqual(gone.changes.map((each: { outcome: string }) => each.outcome), ["gone"]);
      assert.match(gone.headline, /^Leak gone: Used_KB 29 MiB\/h → 0\.$/);
      const back = await tables("b", "a", "--fail-on", "leak");
      assert.equal(back.code, 10);
      assert.match(back.stdout, /New leak: Used_KB 0 → 29 MiB\/h\./);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  Deno.test(`analyze --against: needs one recording of each kind (${program.name})`, async () => {
    const { code, stderr } = await leakwatch(program, ["analyze", "--against", "/tmp"]);
    assert.equal(code, 2);
    assert.match(stderr, /--from BEFORE --against AFTER/);
  });
}
