/**
 * The boot watcher as a service of a real systemd: installed by install.sh, through reboots, kills, hangs and power cuts.
 * The windows are seconds where they would be hours.
 */

import assert from "node:assert/strict";
import { TABLES } from "../../store/tables.ts";
import { requires } from "../requires.ts";
import { withInstaller } from "./lab/installer.ts";
import { Machine, MACHINE_PARTS } from "./lab/machine.ts";

const LOGS = "/var/log/boot-diagnostics";

const mainPid = (machine: Machine) => machine.sh("systemctl show -p MainPID --value boot-diagnostics");
const newest = (log: string) => `"$(ls -t ${LOGS}/boot-*_${log} | head -1)"`;
/** Installs the service anew, with this window. */
const install = (machine: Machine, window: string) =>
  machine.sh(`leakwatch boot --install-service --quiet ${window}`);

Deno.test({
  ...requires("boot service: through its life on a real systemd", ...MACHINE_PARTS, "binary"),
  fn: (t) =>
    withInstaller((bind) =>
      Machine.with("boot", { binds: [bind] }, async (machine) => {
        await t.step("install.sh installs and starts it, hardened", async () => {
          const said = await machine.sh("sh /mnt/install.sh");
          assert.match(said, /done: leakwatch .* in \/usr\/local\/bin\/leakwatch/);
          assert.match(await machine.sh("leakwatch boot --status"), /^service +running since/m);
          assert.equal(await machine.sh("ps -o user= -C leakwatch"), "leakwatch");
          const security = await machine.sh("systemd-analyze security boot-diagnostics --no-pager | tail -1");
          const exposure = Number(/: ([\d.]+)/.exec(security)?.[1]);
          assert.ok(exposure <= 2.5, security);
          await machine.sh("test -s /usr/local/share/man/man1/leakwatch.1");
        });

        await t.step("installing again changes nothing", async () => {
          const before = await mainPid(machine);
          const said = await machine.sh("sh /mnt/install.sh");
          assert.match(said, /leakwatch is up to date/);
          assert.equal(await mainPid(machine), before);
        });

        await t.step("with only two capabilities it reads what belongs to root", async () => {
          const [header, ...rows] = (await machine.until(
            `cat ${newest("processes.log")} | grep -E ',1,0,root,|Timestamp'`,
            20,
          )).split("\n");
          const names = header!.split(","), cells = rows[0]!.split(",");
          for (const column of ["Open_FDs", "PSS_KB"]) {
            assert.ok(Number(cells[names.indexOf(column)]) > 0, `${column} in ${rows[0]}`);
          }
          const summary = await machine.sh(`cat ${newest("summary.log")}`);
          assert.doesNotMatch(summary, /only root may read/);
          assert.doesNotMatch(summary, /slabinfo.*permission/);
        });

        await t.step("starts by itself after a reboot, and all files appear", async () => {
          await install(machine, "--minutes 10m --interval 1s");
          await machine.sh(`rm -f ${LOGS}/*`);
          await machine.reboot();
          await machine.until(
            `systemctl is-active -q boot-diagnostics && test -e ${newest("summary.log")}`,
            20,
          );
          const id = (await machine.sh(`basename ${newest("boot.log")} _boot.log`)).trim();
          const files = (await machine.sh(`ls ${LOGS}/`)).match(/boot-\d{8}_\d{6}_[a-z_.]+/g)!
            .filter((name) => name.startsWith(id));
          const prose = ["boot.log", "summary.log", "system.log", "session.json"];
          const tables = Object.keys(TABLES["boot-diagnostics"]).map((table) => `${table}.log`);
          assert.deepEqual(
            files.map((name) => name.slice(id.length + 1)).sort(),
            [...new Set([...tables, ...prose])].sort(),
          );
          assert.match(await machine.sh(`cat ${LOGS}/boot-*_boot.log`), /command line: /);
          assert.match(await machine.sh(`cat ${LOGS}/boot-*_summary.log`), /SINCE BOOT/);
        });

        await t.step("killed, it is started again and goes on with the same watch", async () => {
          await machine.until(`test -e /var/lib/leakwatch/boot.json`, 10);
          const began = await machine.sh(
            "grep -o 'started_at_seconds\":[0-9]*' /var/lib/leakwatch/boot.json",
          );
          const before = await mainPid(machine);
          await machine.sh(`kill -KILL ${before}`);
          await machine.until(
            `systemctl is-active -q boot-diagnostics && test "$(systemctl show -p MainPID --value boot-diagnostics)" != ${before}`,
            20,
          );
          await machine.until(`grep -l '"end_reason": "killed"' ${LOGS}/*_session.json`, 10);
          const now = await machine.sh("grep -o 'started_at_seconds\":[0-9]*' /var/lib/leakwatch/boot.json");
          assert.equal(now, began);
        });

        await t.step("hung, it is killed by the watchdog and started again", async () => {
          await machine.sh(
            "mkdir -p /run/systemd/system/boot-diagnostics.service.d && " +
              "printf '[Service]\\nWatchdogSec=3s\\n' > /run/systemd/system/boot-diagnostics.service.d/test.conf && " +
              "systemctl daemon-reload && systemctl restart boot-diagnostics",
          );
          const before = await mainPid(machine);
          await new Promise((resolve) => setTimeout(resolve, 6000));
          assert.equal(await mainPid(machine), before, "fed, the watchdog lets it live");
          await machine.sh(`kill -STOP ${before}`);
          await machine.until("journalctl -u boot-diagnostics -o cat | grep 'Watchdog timeout'", 20);
          await machine.until(
            `systemctl is-active -q boot-diagnostics && test "$(systemctl show -p MainPID --value boot-diagnostics)" != ${before}`,
            30,
          );
          await machine.sh("rm -r /run/systemd/system/boot-diagnostics.service.d && systemctl daemon-reload");
        });

        await t.step(
          "power cut in mid-write: the next boot is clean, the torn line is forgiven",
          async () => {
            const log = await machine.sh(`ls -t ${LOGS}/boot-*_memory.log | head -1`);
            await machine.until(`test "$(wc -l < ${log})" -ge 4`, 20);
            await machine.reboot("power-cut");
            await machine.sh(`printf '2026-11-20T13:00:00.000Z,123' >> ${log}`);
            await machine.until("systemctl is-active -q boot-diagnostics", 20);
            await machine.until(`test "$(ls ${newest("memory.log")})" != ${log}`, 10);
            const judged = await machine.sh(`leakwatch analyze --from ${log} --format json`);
            const series = JSON.parse(judged).series.find((each: { name: string }) =>
              each.name === "Used_KB"
            );
            assert.ok(series.points > 0);
            assert.equal(await machine.sh("systemctl --failed --no-legend"), "");
          },
        );

        await t.step("its window over, it ends as a success and starts at the next boot", async () => {
          await install(machine, "--minutes 5s --interval 1s");
          await machine.until(
            "test \"$(systemctl show -p ActiveState -p Result --value boot-diagnostics | tr '\\n' ' ')\" = 'success inactive '",
            30,
          );
          assert.match(
            await machine.sh("leakwatch boot --status"),
            /^service +ended .*\(success\), starts again at the next boot/m,
          );
          assert.match(await machine.sh(`cat ${newest("session.json")}`), /"end_reason": "duration"/);
          assert.equal(await machine.sh("systemctl is-enabled boot-diagnostics"), "enabled");
        });

        await t.step("uninstalled, nothing stays but the logs; purged, nothing at all", async () => {
          const traces = "find / -xdev \\( -name '*leakwatch*' -o -name '*boot-diagnostics*' \\) " +
            "-not -path '/proc/*' -not -path '/sys/*' -not -path '/mnt/*'";
          await machine.sh("sh /mnt/install.sh --uninstall");
          assert.equal(await machine.sh(traces), LOGS);
          assert.notEqual(await machine.sh(`ls ${LOGS}`), "");
          await machine.sh("sh /mnt/install.sh --uninstall --purge");
          assert.equal(await machine.sh(traces), "");
          assert.equal((await machine.try("id leakwatch")).code, 1);
        });
      })
    ),
});
