/** The Debian package through its life on a real Debian: installed, upgraded, removed, purged. */

import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { makeDeb } from "../../scripts/deb.ts";
import { requires } from "../requires.ts";
import { Machine, MACHINE_PARTS } from "./lab/machine.ts";

const LOGS = "/var/log/boot-diagnostics";

/** Packages of the binary that CI names: this version, and one as if released later. */
async function withDebs(test: (bind: string, now: string, later: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    const executable = Deno.readFileSync(Deno.env.get("LEAKWATCH_BINARY")!);
    const text = "A text of this test.\n";
    const make = async (version: string) => {
      const parts = {
        ...{ version, target: Deno.build.target, executable, runtime: executable, epoch: 1_780_000_000 },
        ...{
          manual: text,
          completions: { bash: text, zsh: text, fish: text },
          copyright: text,
          changelog: text,
        },
      };
      return (await makeDeb(parts, directory)).replace(directory, "/mnt");
    };
    await test(`${directory}:/mnt:ro`, await make(project.version), await make("99.0.0"));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test({
  ...requires("deb: installed, upgraded, removed and purged", ...MACHINE_PARTS, "dpkg-deb", "binary"),
  fn: (t) =>
    withDebs((bind, now, later) =>
      Machine.with("deb", { binds: [bind] }, async (machine) => {
        const mainPid = () => machine.sh("systemctl show -p MainPID --value boot-diagnostics");

        await t.step("installing brings the program and starts nothing", async () => {
          await machine.sh(`dpkg -i ${now}`);
          assert.match(await machine.sh("leakwatch --version"), /^leakwatch /);
          assert.equal(await machine.sh("dpkg -V leakwatch"), "");
          assert.notEqual((await machine.try("systemctl cat boot-diagnostics")).code, 0);
          assert.notEqual((await machine.try("id leakwatch")).code, 0);
        });

        await t.step("an upgrade restarts the service with its options", async () => {
          await machine.sh("leakwatch boot --install-service --quiet --minutes 10m --interval 1s");
          const before = await mainPid();
          await machine.sh(`dpkg -i ${later}`);
          await machine.until("systemctl is-active -q boot-diagnostics", 60);
          assert.notEqual(await mainPid(), before);
          assert.match(await machine.sh("systemctl cat boot-diagnostics"), /--interval 1s$/m);
        });

        await t.step("removing stops and removes the service, and leaves the logs", async () => {
          await machine.until(`ls ${LOGS}/boot-*_memory.log`, 60);
          await machine.sh("dpkg -r leakwatch");
          assert.notEqual((await machine.try("systemctl cat boot-diagnostics")).code, 0);
          assert.notEqual((await machine.try("test -e /usr/bin/leakwatch")).code, 0);
          await machine.sh(`ls ${LOGS}/boot-*_memory.log`);
        });

        await t.step("purging leaves nothing but the logs", async () => {
          await machine.sh("dpkg -P leakwatch");
          const left = await machine.sh(
            "find / -xdev \\( -name '*leakwatch*' -o -name '*boot-diagnostics*' \\) -not -path '/proc/*' -not -path '/mnt/*'",
          );
          assert.equal(left, LOGS);
          await machine.sh(`ls ${LOGS}/boot-*_memory.log && id leakwatch`);
        });
      })
    ),
});
