/** What the boot watcher is for: a unit that starts at boot and grows without anybody doing anything is named. */

import assert from "node:assert/strict";
import { requires } from "../requires.ts";
import { withInstaller } from "./lab/installer.ts";
import { Machine, MACHINE_PARTS } from "./lab/machine.ts";
import { sessionInfo } from "../store/sessions.ts";

const LOGS = "/var/log/boot-diagnostics";
const newest = (log: string) => `"$(ls -t ${LOGS}/boot-*_${log} | head -1)"`;

/** A service that takes this many MiB a second and does nothing else; perl is in every Debian. */
const unit = (name: string, mebibytesPerSecond: number, limit = "infinity") =>
  `cat > /usr/local/bin/${name} <<'END'
#!/usr/bin/perl
while (1) { push @a, "x" x ${mebibytesPerSecond * 1048576}; sleep 1 }
END
chmod 755 /usr/local/bin/${name}
cat > /etc/systemd/system/${name}.service <<'END'
[Unit]
Description=Grows without anybody doing anything
[Service]
MemoryMax=${limit}
ExecStart=/usr/local/bin/${name}
[Install]
WantedBy=multi-user.target
END
systemctl enable -q ${name}`;

/** Logs of an earlier boot of which this much was used at each minute. */
function earlierBoot(day: number, usedBytes: number): string {
  const id = `boot-2026010${day}_080000`, at = (minute: number) => `2026-01-0${day}T08:0${minute}:00.000Z`;
  const boot_id = `00000000-0000-0000-0000-00000000000${day}`;
  const times = { started_at: at(0), ended_at: at(4) };
  const info = JSON.stringify(sessionInfo({ id, kind: "boot-diagnostics", boot_id, ...times }));
  const rows = [0, 1, 2, 3, 4].map((minute) => `${at(minute)},${Math.round(usedBytes / 1024)}`).join("\\n");
  return `printf '%s\\n' '${info}' > ${LOGS}/${id}_session.json; ` +
    `printf 'Timestamp,Used_KB\\n${rows}\\n' > ${LOGS}/${id}_memory.log`;
}

Deno.test({
  ...requires("boot watch: a unit that leaks from boot on is named", ...MACHINE_PARTS, "binary"),
  fn: () =>
    withInstaller((bind) =>
      Machine.with("leak", { binds: [bind] }, async (machine) => {
        await machine.sh("sh /mnt/install.sh --no-start");
        await machine.sh(unit("hoarder", 2));
        await machine.sh(unit("calm", 0));
        await machine.sh("leakwatch boot --install-service --no-start --minutes 75s --interval 1s");
        // Earlier boots used next to nothing: whatever this machine uses is more.
        await machine.sh(`install -d -o leakwatch -g leakwatch -m 750 ${LOGS}`);
        for (const day of [1, 2, 3, 4, 5, 6]) await machine.sh(earlierBoot(day, day * 1048576));
        await machine.reboot();
        const ended = "systemctl show -p ActiveState -p Result --value boot-diagnostics | tr '\\n' ' '";
        await machine.until(`test "$(${ended})" = 'success inactive '`, 120);
        const summary = await machine.sh(`cat ${newest("summary.log")}`);
        const verdict = summary.slice(0, summary.indexOf("SINCE BOOT"));
        assert.match(verdict, /hoarder/);
        assert.doesNotMatch(verdict, /calm/);
        assert.match(
          summary.replace(/\s+/g, " "),
          /at minute 1 this boot uses .* more than the last five \(median 4\.0 MiB, 2\.0 MiB to 6\.0 MiB\)/,
        );
        assert.match(summary, /nobody\s+was\s+logged\s+in/);
        const alerts = await machine.sh(`cat ${newest("alerts.log")}`);
        assert.match(alerts, /firing.*hoarder/);
        assert.doesNotMatch(alerts, /calm/);
      })
    ),
});

Deno.test({
  ...requires(
    "boot watch: on a kernel of its own, limits hold and an OOM kill is told",
    ...MACHINE_PARTS,
    "binary",
  ),
  fn: () =>
    withInstaller((bind) =>
      Machine.with("oom", { binds: [bind], qemu: true }, async (machine) => {
        // Few starts of a program: they are slow in an emulated machine.
        await machine.sh("install -m 755 /mnt/leakwatch /usr/local/bin/");
        await machine.sh("leakwatch boot --install-service --quiet --minutes 10m --interval 2s");
        await machine.sh(`${unit("hog", 16, "64M")} && systemctl start hog`);
        await machine.until(
          `grep -q 'Killed process .*(hog)' ${newest("system.log")}`,
          60,
        );
        const events = await machine.sh(`cat ${newest("system.log")}`);
        assert.match(events, /oom-kill:constraint=CONSTRAINT_MEMCG.*hog\.service/);
        assert.match(
          events,
          /systemd: hog\.service: A process of this unit has been killed by the OOM killer\./,
        );
        const group = "/sys/fs/cgroup/system.slice/boot-diagnostics.service";
        assert.equal(await machine.sh(`cat ${group}/memory.max`), String(256 * 1024 ** 2));
        const peak = Number(await machine.sh(`cat ${group}/memory.peak`));
        assert.ok(peak > 0 && peak < 256 * 1024 ** 2, `peak ${peak}`);
        assert.match(await machine.sh(`cat ${group}/memory.events`), /^oom_kill 0$/m);
        await machine.sh("systemctl stop boot-diagnostics");
        const summary = (await machine.sh(`cat ${newest("summary.log")}`)).replace(/\s+/g, " ");
        assert.match(summary, /SYSTEM EVENTS \(1 process killed out of memory\)/);
        assert.match(summary, /in \/system\.slice\/hog\.service, holding .* its cgroup met its limit/);
      })
    ),
});
