/** A real journald takes our alerts with their priority. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requires } from "../../requires.ts";
import { MACHINE_PARTS } from "../lab/machine.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MACHINE = `lab-journal-${Deno.pid}`;

async function machine(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}test/end_to_end/lab/machine.sh`, { args })
    .output();
  const said = new TextDecoder().decode(stdout);
  assert.equal(code, 0, said + new TextDecoder().decode(stderr));
  return said;
}

Deno.test({
  ...requires("journal: a real journald keeps alerts with their syslog priority", ...MACHINE_PARTS),
  fn: async () => {
    await machine(
      "up",
      MACHINE,
      "--bind",
      `${Deno.execPath()}:/opt/deno:ro`,
      "--bind",
      `${ROOT}:/opt/leakwatch:ro`,
    );
    try {
      const probe = "/opt/leakwatch/test/end_to_end/alerts/journal_probe.ts";
      await machine("exec", MACHINE, "/opt/deno", "run", "--no-config", "--no-lock", "--allow-all", probe);
      const lines = (await machine("exec", MACHINE, "journalctl", "--sync")) +
        await machine("exec", MACHINE, "journalctl", "-t", "leakwatch", "-o", "json", "--no-pager");
      const entries = lines.trim().split("\n").map((line) => JSON.parse(line) as Record<string, string>);
      assert.deepEqual(entries.map(({ PRIORITY, MESSAGE }) => `${PRIORITY} ${MESSAGE}`), [
        "2 CRITICAL leak: first → jcmd 812 GC.heap_info",
        "4 WARNING leak: second, with ünïcode → jcmd 812 GC.heap_info",
        "6 INFO leak: third → jcmd 812 GC.heap_info",
        "5 RESOLVED leak: fourth",
      ]);
    } finally {
      await machine("down", MACHINE);
    }
  },
});
