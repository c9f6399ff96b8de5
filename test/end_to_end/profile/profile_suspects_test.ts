/** `monitor --profile-suspects` beside a JVM that will soon meet its own limit: who comes in the morning finds the line. */

import assert from "node:assert/strict";
import type { Analysis } from "../../../cli/analyze/model.ts";
import { listSessions } from "../../../store/catalog.ts";
import { readEvidence } from "../../../store/profile_log.ts";
import { requires } from "../../requires.ts";
import { inDirectory } from "../../store/sessions.ts";
import { built, LeakingProgram, waitFor } from "./leaking_program.ts";
import { assertNothingLeft, LEAKWATCH } from "./run_profile.ts";

/** By a name of its own: other tests run JVMs, too. */
const RULES = "profile: { leaking-orders: [histogram] }\n";
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function run(...args: string[]): Deno.ChildProcess {
  const [program, ...before] = LEAKWATCH;
  return new Deno.Command(program!, {
    args: [...before, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
}

Deno.test({
  ...requires(
    "monitor --profile-suspects: what leaks is found before the limit, kept, and shown again",
    "java",
    "javac",
  ),
  fn: () =>
    inDirectory(async (directory) => {
      const classes = await built("LeakOrders.java", (folder) => ["javac", "-g", "-d", folder]);
      // Some minutes from its declared limit: growth that nobody can be sure of yet, and that cannot wait.
      const java = `${directory}/leaking-orders`;
      Deno.symlinkSync(
        new TextDecoder().decode(new Deno.Command("which", { args: ["java"] }).outputSync().stdout).trim(),
        java,
      );
      await using program = await LeakingProgram.start([java, "-Xmx384m", "-cp", classes, "LeakOrders"]);
      Deno.writeTextFileSync(`${directory}/rules.yaml`, RULES);
      const rules = ["--rules", `${directory}/rules.yaml`];
      const watch = run("monitor", "0", "1", "-o", directory, "--quiet", "--profile-suspects", ...rules);
      const [session] = await waitFor("the session", () => {
        const all = listSessions([directory]);
        return all.length > 0 ? all : null;
      });
      const log = `${directory}/${session!.id}_profiles.log`;
      // Other tests leak meanwhile, and may be profiled, too.
      await waitFor("the profile", () => textOf(log).includes(`"pid":${program.pid},`) || null, 280);
      const samplesThen = Deno.readTextFileSync(`${directory}/${session!.id}_memory.log`).split("\n").length;
      await program.assertUnharmed();
      assertNothingLeft(program);
      watch.kill("SIGINT");
      const { code, stderr } = await watch.output();
      assert.equal(code, 0, decode(stderr));
      assert.ok(samplesThen > 30, "sampling went on");

      const [ended] = listSessions([directory]);
      const evidence = (await readEvidence(ended!)).find(({ pid }) => pid === program.pid);
      assert.equal(evidence!.occasion, "near-limit");
      assert.equal(evidence!.answer!.method, "jvm-histogram");
      assert.ok(evidence!.answer!.is_answer, JSON.stringify(evidence!.answer));
      assert.match(evidence!.answer!.headline, /^LeakOrders\$OrderRecord\b/);
      assert.ok(evidence!.results.some(({ method }) => method === "jvm-counters"));
      const summary = Deno.readTextFileSync(`${directory}/${ended!.id}_summary.log`);
      assert.match(
        summary,
        new RegExp(`^INSIDE leaking-orders \\(${program.pid}\\) at .* shortly before its limit$`, "m"),
      );

      const again = await run("analyze", "--from", directory, "--format", "json").output();
      const analysis = JSON.parse(decode(again.stdout)) as Analysis;
      assert.ok(analysis.evidence.some(({ pid }) => pid === program.pid));
      const text = decode((await run("analyze", "--from", directory).output()).stdout);
      assert.match(
        text,
        new RegExp(`^INSIDE leaking-orders \\(${program.pid}\\).*\n +LeakOrders\\$OrderRecord`, "m"),
      );
    }),
});

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
