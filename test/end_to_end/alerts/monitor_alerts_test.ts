/** A program that leaks while `monitor` watches: people are told through each sink, the log holds it, nobody else is accused. */

import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { stringify } from "yaml";
import { leakwatch, type Ran } from "../../cli/leakwatch.ts";
import { type Program, sideBySide } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { receiver } from "../../sinks/make.ts";
import type { Alert } from "../../../model/finding.ts";

const LEAKER = `
import time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 4:
        kept.append(bytearray(b"x") * (1024 * 1024))
    time.sleep(0.1)`;
const STEADY = `
import time
kept = bytearray(b"x") * (100 * 1024 * 1024)
while True: time.sleep(1)`;

Deno.test({
  ...requires("monitor tells of a leaking program through webhook, command and log", "python3"),
  fn: async (t) => {
    const [leaker, steady] = [LEAKER, STEADY].map((source) =>
      new Deno.Command("python3", { args: ["-c", source], stdout: "null", stderr: "null" }).spawn()
    ) as [Deno.ChildProcess, Deno.ChildProcess];
    let told: { program: Program; result: Attribution }[] = [];
    try {
      told = await sideBySide(tellingMonitor);
      for (const { program, result } of told) {
        await t.step(program.name, () => assertTold(result, leaker.pid, steady.pid));
      }
    } finally {
      for (const child of [leaker, steady]) {
        child.kill("SIGKILL");
        await child.status;
      }
      for (const { result } of told) Deno.removeSync(result.directory, { recursive: true });
    }
  },
});

interface Attribution {
  ran: Ran;
  /** Its logs, and the file `told` that the command wrote. */
  directory: string;
  /** What the webhook got. */
  posted: Alert[];
}

/** `monitor` for 75 s with a sink of each kind. */
async function tellingMonitor(program: Program): Promise<Attribution> {
  const directory = Deno.makeTempDirSync();
  const server = receiver(200);
  const rules = `${directory}/rules.yaml`;
  Deno.writeTextFileSync(
    rules,
    stringify({
      // Fires at once, so that the pager's failing lasts long enough to be told.
      rules: [{
        name: "begun",
        scope: "system",
        when: "memory_used_percent >= 0",
        severity: "info",
        message: "watching",
        next_step: "leakwatch analyze",
      }],
      sinks: [
        { type: "stderr" },
        { type: "webhook", url: server.url },
        {
          type: "command",
          command: ["/bin/sh", "-c", `echo "$LEAKWATCH_RULE $LEAKWATCH_SUBJECT" >> ${directory}/told`],
        },
        { type: "command", name: "pager", command: ["/bin/false"] },
      ],
    }),
  );
  try {
    const ran = await leakwatch(program, ["monitor", "75s", "1s", "-o", directory, "--rules", rules]);
    return { ran, directory, posted: server.bodies.flatMap((body) => body.alerts) };
  } finally {
    await server.close();
  }
}

function assertTold({ ran, directory, posted }: Attribution, leaker: number, steady: number): void {
  assert.equal(ran.code, 0, ran.stderr);
  const subject = `python3 (${leaker})`;
  const grew = posted.filter((alert) => alert.subject === subject && alert.rule === "process-growth");
  assert.deepEqual(grew.map(({ state }) => state), ["firing"], "told once, and it goes on");
  assert.match(grew[0]!.message, /grew by \d+(\.\d)? MiB \([\d,.]+ %\)/);
  assert.ok(!posted.some((alert) => alert.subject.includes(`(${steady})`)));
  assert.ok(
    posted.some((alert) => alert.rule === "sink-failing" && alert.subject === "pager"),
    "a sink that fails is itself an alert",
  );

  assert.ok(Deno.readTextFileSync(`${directory}/told`).includes(`process-growth ${subject}\n`));
  assert.match(ran.stderr, /^INFO process-growth: python3 .* → leakwatch analyze --pid \d+$/m);

  const log = [...Deno.readDirSync(directory)].find(({ name }) => name.endsWith("_alerts.log"))!;
  const rows: Record<string, string>[] = parse(Deno.readTextFileSync(`${directory}/${log.name}`), {
    columns: true,
  });
  assert.deepEqual(
    rows.filter((row) => row.Rule === "process-growth" && row.Subject === subject).map((row) => row.State),
    ["firing"],
  );
  assert.equal(rows.length, posted.length, "log and webhook hold the same changes");
}
