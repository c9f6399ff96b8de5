/** The boot watcher as a service of a real OpenRC, installed, upgraded and removed by install.sh. */

import assert from "node:assert/strict";
import { requires } from "../requires.ts";
import { withInstaller } from "./lab/installer.ts";
import { Machine, MACHINE_PARTS } from "./lab/machine.ts";

const LOGS = "/var/log/boot-diagnostics";
const STARTED = "leakwatch boot --status | grep -qx 'service    started'";
/** The watcher itself, below its supervisor. */
const WATCHER = "pgrep -P $(pgrep -f '^supervise-daemon boot-diagnostics')";

Deno.test({
  ...requires("OpenRC: installed, kept alive, upgraded and removed", ...MACHINE_PARTS, "binary"),
  fn: (t) =>
    withInstaller((bind) =>
      Machine.with("openrc", { openrc: true, binds: [bind] }, async (machine) => {
        await t.step("install.sh installs and starts it", async () => {
          const said = await machine.sh("sh /mnt/install.sh");
          assert.match(said, /done: leakwatch .* in \/usr\/local\/bin\/leakwatch/);
          await machine.until(STARTED, 20);
          assert.match(await machine.sh("rc-update show default"), /boot-diagnostics/);
          await machine.until(`ls ${LOGS}/boot-*_memory.log`, 60);
          assert.equal(await machine.sh(`stat -c %a ${LOGS}`), "750");
        });

        await t.step("killed, it is started again", async () => {
          const before = await machine.sh(WATCHER);
          await machine.sh(`kill -KILL ${before}`);
          await machine.until(`test "$(${WATCHER})" && test "$(${WATCHER})" != ${before}`, 30);
        });

        await t.step("installing again leaves the program and keeps the service", async () => {
          assert.match(await machine.sh("sh /mnt/install.sh"), /leakwatch is up to date/);
          await machine.until(STARTED, 20);
        });

        await t.step("uninstalled, nothing stays but the logs; purged, nothing at all", async () => {
          const traces = "find / -xdev \\( -name '*leakwatch*' -o -name '*boot-diagnostics*' \\) " +
            "-not -path '/proc/*' -not -path '/mnt/*'";
          await machine.sh("sh /mnt/install.sh --uninstall");
          assert.equal((await machine.try("pgrep -f '^supervise-daemon'")).code, 1);
          assert.equal(await machine.sh(traces), LOGS);
          await machine.sh("sh /mnt/install.sh --uninstall --purge");
          assert.equal(await machine.sh(traces), "");
        });
      })
    ),
});
