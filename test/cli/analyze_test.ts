/** `analyze` as a process: formats, files, exit codes, signals, what a person gets wrong. */

import assert from "node:assert/strict";
import { programs } from "../programs.ts";
import { requires } from "../requires.ts";
import { analysisSchema } from "./analysis_schema.ts";
import { leakwatch, rootsOf } from "./leakwatch.ts";

const SNAPSHOT = ["analyze", "--duration", "0"];

async function inTemporary(deed: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "leakwatch-analyze-" });
  try {
    await deed(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const program of programs()) {
  const test = (name: string, fn: () => Promise<void>) => Deno.test(`analyze ${name} (${program.name})`, fn);
  const run = (args: string[], options = {}) => leakwatch(program, args, options);

  for (const machine of ["healthy", "leaking", "hidepid", "old_kernel"]) {
    test(`--format json keeps its schema on ${machine}`, async () => {
      const { stdout } = await run([...SNAPSHOT, "--top", "0", "--format", "json", ...rootsOf(machine)]);
      const analysis = analysisSchema.parse(JSON.parse(stdout));
      assert.equal(analysis.processes.length, analysis.process_counts.total, "--top 0 lists all");
      const total = analysis.system!.memory!.total_bytes;
      assert.equal(analysis.system!.composition.reduce((sum, part) => sum + part.bytes, 0), total);
    });
  }

  test("of this very machine keeps its schema, and names itself", async () => {
    const { code, stdout, stderr } = await run([
      "analyze",
      "--duration",
      "2s",
      "-i",
      "0.5s",
      "--format",
      "json",
      "--top",
      "0",
    ]);
    assert.equal(code, 0, stderr);
    const analysis = analysisSchema.parse(JSON.parse(stdout));
    assert.ok(analysis.samples >= 2, "a busy machine skips samples, but never the window's ends");
    assert.ok(analysis.processes.some((process) => process.pid === Deno.pid), "sees its parent");
    assert.ok(analysis.own.rss_bytes > 1024 * 1024);
    assert.ok(analysis.own.collectors.every((collector) => collector.runs > 0));
  });

  test("lists a zombie with its parent", async () => {
    const { stdout } = await run([...SNAPSHOT, "--format", "json", ...rootsOf("leaking")]);
    const [zombie, ...others] = JSON.parse(stdout).zombies;
    assert.equal(others.length, 0);
    assert.deepEqual([zombie.pid, zombie.ppid, zombie.name, zombie.parent_name], [
      700,
      655,
      "backup.sh",
      "cron",
    ]);
  });

  test("writes a report file: 0640, without colours, replacing what was there", () =>
    inTemporary(async (directory) => {
      const path = `${directory}/report.txt`;
      await Deno.writeTextFile(path, "old ".repeat(100_000), { mode: 0o666 });
      await Deno.chmod(path, 0o666);
      const { code, stdout, stderr } = await run([...SNAPSHOT, path, ...rootsOf("healthy")], {
        env: { NO_COLOR: "", FORCE_COLOR: "1" },
      });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "");
      assert.equal(stderr, `leakwatch: report written to ${path}\n`);
      const text = await Deno.readTextFile(path);
      assert.match(text, /^leakwatch .* on calm-1 /);
      assert.ok(!text.includes("\x1b") && !text.includes("old old"));
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o640);
    }));

  test("refuses to write its report through a symbolic link", () =>
    inTemporary(async (directory) => {
      await Deno.writeTextFile(`${directory}/target`, "precious");
      await Deno.symlink(`${directory}/target`, `${directory}/link`);
      const { code, stderr } = await run([...SNAPSHOT, `${directory}/link`]);
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `leakwatch: cannot write the report to ${directory}/link: it is a symbolic link, which reports do not follow; name another file\n`,
      );
      assert.equal(await Deno.readTextFile(`${directory}/target`), "precious");
    }));

  test("says at once that a report cannot be written, not after the window", async () => {
    const { code, stdout, stderr } = await run(["analyze", "--duration", "1h", "/nowhere/at/all/report.txt"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^leakwatch: cannot write the report to .*: its directory does not exist; name another file\n$/,
    );
  });

  test("ends with 2 on wrong usage and names the nearest word", async () => {
    const wrong: [string[], RegExp][] = [
      [["analyse"], /^leakwatch: unknown command 'analyse' \(Did you mean analyze\?\)\n$/],
      [
        ["analyze", "--durration", "5m"],
        /^leakwatch: unknown option '--durration' \(Did you mean --duration\?\)\n$/,
      ],
      [["analyze", "--duration", "soon"], /write a duration such as 90s, 15m or 2h/],
      [["analyze", "--format", "xml"], /--format xml: choose one of text, json, markdown, html/],
      [["analyze", "--pid", "0"], /write a whole number from 1/],
      [["analyze", "a", "b"], /too many arguments/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.equal(stderr.split("\n").length, 2, `one line: ${stderr}`);
    }
  });

  test("--pid of nobody ends with 1 and says so", async () => {
    const { code, stderr } = await run([...SNAPSHOT, "--pid", "4194000", ...rootsOf("healthy")]);
    assert.equal(code, 1);
    assert.match(stderr, /^leakwatch: no process 4194000 is visible here; .*\n$/);
  });

  test("--pid looks deep into one process", async () => {
    const { stdout } = await run([...SNAPSHOT, "--pid", "820", ...rootsOf("healthy")]);
    assert.match(stdout, /^PROCESS 820 nginx/m);
    assert.match(stdout, /^MAPPINGS of nginx \(820/m);
    assert.doesNotMatch(stdout, /^MAPPINGS of java/m);
  });

  test("--fail-on ends with 10 only where it is met", async () => {
    const on = (severity: string, machine: string) =>
      run([...SNAPSHOT, "--fail-on", severity, ...rootsOf(machine)]);
    assert.equal((await on("warning", "leaking")).code, 10, "a zombie is a warning");
    assert.equal((await on("critical", "leaking")).code, 0);
    assert.equal((await on("leak", "leaking")).code, 0, "a snapshot shows no leak");
    assert.equal((await on("warning", "healthy")).code, 0);
  });

  test("--quiet keeps stderr empty and the report whole", async () => {
    const { stdout, stderr } = await run([
      "analyze",
      "--duration",
      "1s",
      "-i",
      "0.5s",
      "--quiet",
      ...rootsOf("healthy"),
    ]);
    assert.equal(stderr, "");
    assert.match(stdout, /^COST/m);
  });

  test("shows what is there at once, on stderr, before the window is over", async () => {
    const { stdout, stderr } = await run(["analyze", "--duration", "2s", "-i", "1s", ...rootsOf("leaking")]);
    assert.match(stderr, /MACHINE[\s\S]*TOP BY RSS[\s\S]*ZOMBIES \(1\)/);
    assert.match(stdout, /2 s watched, 3 samples/);
  });

  test("reports early at the first Ctrl-C", async () => {
    const begin = performance.now();
    const { code, stdout, stderr } = await run([
      "analyze",
      "--duration",
      "1h",
      "-i",
      "1s",
      ...rootsOf("healthy"),
    ], {
      signal: { name: "SIGINT" },
    });
    assert.equal(code, 0);
    assert.match(stdout, /\(ended early\)/);
    assert.match(stdout, /^COST/m);
    assert.match(stderr, /reporting now; Ctrl-C again quits/);
    assert.ok(performance.now() - begin < 60_000, "an hour would have been over by now");
  });

  test("--from gives a verdict per column", () =>
    inTemporary(async (directory) => {
      const rows = Array.from({ length: 400 }, (_, row) =>
        `${1_700_000_000 + row * 60},${100_000 + row * 500},${50 + row % 2}`);
      await Deno.writeTextFile(
        `${directory}/app.csv`,
        `Timestamp,Used_KB,Busy_Percent\n${rows.join("\n")}\n`,
      );
      const { code, stdout, stderr } = await run([
        "analyze",
        "--from",
        `${directory}/app.csv`,
        "--format",
        "json",
        "--fail-on",
        "leak",
      ]);
      assert.equal(code, 10, stderr);
      const { series, host, processes } = analysisSchema.parse(JSON.parse(stdout));
      assert.equal(host, null);
      assert.deepEqual(processes, []);
      assert.deepEqual(series.map(({ name, unit, points, verdict }) => [name, unit, points, verdict]), [
        ["Used_KB", "bytes", 400, "leak"],
        ["Busy_Percent", "percent", 400, "stable"],
      ]);
      const expected = 500 * 1024 * 60;
      assert.ok(Math.abs(series[0]!.rate_per_hour!.mid / expected - 1) < 0.01);
      const text = (await run(["analyze", "--from", `${directory}/app.csv`])).stdout;
      assert.match(text, /^LEAK {4}Used_KB grows 29 MiB\/h/m);
    }));

  test("--from names the file and the line of what it cannot read", () =>
    inTemporary(async (directory) => {
      const missing = await run(["analyze", "--from", `${directory}/none.csv`]);
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /^leakwatch: .*\/none\.csv: there is no such file.*\n$/);
      await Deno.writeTextFile(
        `${directory}/bad.csv`,
        "Timestamp,Used_KB\n1700000000,5\n1700000060,many\n1700000120,6\n",
      );
      const malformed = await run(["analyze", "--from", `${directory}/bad.csv`]);
      assert.equal(malformed.code, 1);
      assert.match(
        malformed.stderr,
        /^leakwatch: .*\/bad\.csv:3: "many" in column Used_KB is no number.*\n$/,
      );
      assert.equal(malformed.stdout, "");
    }));
}

// The built file alone: the sources and Deno's own cache lie below root's home as a rule, where nobody else can read.
Deno.test({
  ...requires(
    "analyze works for an unprivileged user and says once what is hidden",
    "root",
    "setpriv",
    "binary",
  ),
  fn: () =>
    inTemporary(async (directory) => {
      const copy = `${directory}/leakwatch`;
      await Deno.copyFile(Deno.env.get("LEAKWATCH_BINARY")!, copy);
      await Deno.chmod(copy, 0o755);
      await Deno.chmod(directory, 0o755);
      const { code, stdout, stderr } = await leakwatch({ name: "binary", command: [copy] }, [
        ...SNAPSHOT,
        "--format",
        "json",
      ], {
        cwd: directory,
        wrapper: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
        env: { HOME: directory },
      });
      assert.equal(code, 0, stderr);
      const analysis = analysisSchema.parse(JSON.parse(stdout));
      assert.equal(analysis.host!.is_root, false);
      const sources = analysis.unavailable.map((each) => each.source);
      assert.ok(sources.some((source) => source.startsWith("other users'")), sources.join());
      assert.equal(new Set(sources).size, sources.length, "each once");
      assert.ok(analysis.processes.length > 0);
    }),
});
