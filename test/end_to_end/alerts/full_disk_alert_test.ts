/** The logs' disk fills while `monitor` runs: people are told, and told again when there is room. */

import assert from "node:assert/strict";
import { stringify } from "yaml";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { receiver, until } from "../../sinks/make.ts";
import type { Alert } from "../../../model/finding.ts";

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

function fill(file: string): void {
  const block = new Uint8Array(4096);
  using handle = Deno.openSync(file, { write: true, create: true });
  try {
    while (true) handle.writeSync(block);
  } catch (error) {
    assert.match(String(error), /No space left/);
  }
}

for (const program of programs()) {
  Deno.test({
    ...requires(`monitor tells that its disk is full, and when it no longer is (${program.name})`, "root"),
    fn: async () => {
      const directory = Deno.makeTempDirSync();
      const server = receiver(200);
      const rules = `${directory}/rules.yaml`;
      Deno.writeTextFileSync(rules, stringify({ sinks: [{ type: "webhook", url: server.url }] }));
      const logs = `${directory}/logs`;
      Deno.mkdirSync(logs);
      await run("mount", "-t", "tmpfs", "-o", "size=4m", "leakwatch-test", logs);
      const [command, ...before] = program.command;
      const child = new Deno.Command(command!, {
        args: [...before, "monitor", "0", "1", "-o", logs, "--rules", rules],
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        const told = () =>
          (server.bodies.flatMap((body) => body.alerts) as Alert[]).filter(({ rule }) =>
            rule === "log-unwritable"
          );
        await until(() => [...Deno.readDirSync(logs)].some(({ name }) => name.endsWith("_memory.log")), 30);
        fill(`${logs}/ballast`);
        await until(() => told().some(({ state }) => state === "firing"), 60);
        const [alert] = told();
        assert.match(alert!.message, /^cannot write .*: .*; watching and alerting continue$/);
        Deno.removeSync(`${logs}/ballast`);
        const over = (id: string) => told().some((later) => later.id === id && later.state === "resolved");
        await until(() => told().filter(({ state }) => state === "firing").every(({ id }) => over(id)), 90);
      } finally {
        child.kill("SIGTERM");
        const { code } = await child.status;
        await run("umount", logs);
        Deno.removeSync(directory, { recursive: true });
        await server.close();
        assert.equal(code, 0);
      }
    },
  });
}
