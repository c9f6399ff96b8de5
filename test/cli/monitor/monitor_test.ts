import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { listSessions } from "../../../store/catalog.ts";
import { TABLES } from "../../../store/tables.ts";
import { programs } from "../../programs.ts";
import { inDirectory } from "../../store/sessions.ts";
import { leakwatch, rootsOf } from "../leakwatch.ts";

const KIND = "memory-monitor";

for (const program of programs()) {
  const name = (what: string) => `monitor: ${what} (${program.name})`;

  Deno.test(
    name("all files of a session, strict CSV, a summary, nothing on stdout"),
    () =>
      inDirectory(async (directory) => {
        const ran = await leakwatch(program, [
          "monitor",
          "1s",
          "0.5",
          "-o",
          directory,
          ...rootsOf("leaking"),
        ]);
        assert.equal(ran.code, 0, ran.stderr);
        assert.equal(ran.stdout, "");
        const [session, ...others] = listSessions([directory]);
        assert.deepEqual(others, []);
        assert.deepEqual(Object.keys(session!.logs).sort(), [...Object.keys(TABLES[KIND]), "summary"].sort());
        assert.equal(session!.info!.end_reason, "duration");
        // At both ends, and between them where the machine is not too busy for it.
        const { samples } = session!.info!;
        assert.ok(samples === 2 || samples === 3, `${samples} samples`);
        assert.ok(session!.info!.cost!.cpu_seconds > 0);
        for (const [log, table] of Object.entries(TABLES[KIND])) {
          const [header, ...rows]: string[][] = parse(Deno.readTextFileSync(session!.logs[log]![0]!.path));
          assert.deepEqual(header, table.columns.map((column) => column.name));
          if (log === "memory" || log === "swap") assert.equal(rows.length, samples, log);
        }
        const summary = Deno.readTextFileSync(session!.logs.summary![0]!.path);
        assert.match(summary, /^leakwatch .* [23] samples every 0\.5 s.* ended as planned/s);
      }),
  );

  Deno.test(name("SIGTERM ends an endless session in good order"), () =>
    inDirectory(async (directory) => {
      const ran = await leakwatch(program, ["monitor", "0", "0.2", "-o", directory, ...rootsOf("healthy")], {
        signal: { name: "SIGTERM" },
      });
      assert.equal(ran.code, 0, ran.stderr);
      const [session] = listSessions([directory]);
      assert.equal(session!.info!.end_reason, "stopped");
      assert.match(Deno.readTextFileSync(session!.logs.summary![0]!.path), /stopped early/);
    }));

  Deno.test(name("two at once share no file"), () =>
    inDirectory(async (directory) => {
      const run = () =>
        leakwatch(program, ["monitor", "1s", "0.5", "-q", "-o", directory, ...rootsOf("healthy")]);
      const both = await Promise.all([run(), run()]);
      assert.deepEqual(both.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""]]);
      const sessions = listSessions([directory]);
      assert.equal(sessions.length, 2);
      assert.ok(sessions.every(({ info }) => info!.samples! >= 2 && info!.end_reason === "duration"));
    }));

  Deno.test(
    name("arguments never reach the logs with --hide-arguments"),
    () =>
      inDirectory(async (directory) => {
        const args = [
          "monitor",
          "0.5s",
          "0.5",
          "-q",
          "--hide-arguments",
          "-o",
          directory,
          ...rootsOf("leaking"),
        ];
        assert.equal((await leakwatch(program, args)).code, 0);
        const [session] = listSessions([directory]);
        const rows: Record<string, string>[] = parse(
          Deno.readTextFileSync(session!.logs.processes![0]!.path),
          { columns: true },
        );
        assert.ok(rows.length > 0);
        for (const row of rows) assert.ok(["", row.Name].includes(row.Command), row.Command);
      }),
  );

  Deno.test(name("a directory that cannot be written is one line and exit code 1"), async () => {
    const ran = await leakwatch(program, ["monitor", "1s", "0.5", "-o", "/proc/nowhere"]);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^leakwatch: cannot write to \/proc\/nowhere: .*--output-dir\n$/);
  });
}
