import assert from "node:assert/strict";
import { DEFAULT_CPU_BUDGET, DEFAULT_MEMORY_BUDGET } from "../../cli/commands/budget.ts";
import type { BootOptions } from "../../cli/commands/options.ts";
import { UserError } from "../../cli/errors.ts";
import { isHiddenFromService, serviceFile } from "../../cli/service/executable.ts";
import { serviceArguments } from "../../cli/service/mod.ts";
import { openrcScript, systemdUnit } from "../../cli/service/unit.ts";
import { requires } from "../requires.ts";

const options = { executable: "/usr/local/bin/leakwatch", arguments: ["--minutes", "7200s"] };

Deno.test("unit: runs what it was told, as nobody in particular", () => {
  const lines = systemdUnit(options).split("\n");
  for (
    const line of [
      "ExecStart=/usr/local/bin/leakwatch boot --quiet --minutes 7200s",
      "Type=notify",
      "NotifyAccess=main",
      "Restart=on-failure",
      "User=leakwatch",
      "CapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH",
      "LogsDirectory=boot-diagnostics",
      "NoNewPrivileges=yes",
    ]
  ) assert.ok(lines.includes(line), line);
  assert.ok(lines.some((line) => line.startsWith("MemoryMax=")));
});

Deno.test("unit: more rights only where profiles are asked for, and root only where the rules file allows methods", () => {
  const plain = systemdUnit(options), free = systemdUnit({ ...options, profiling: "free" });
  const named = systemdUnit({ ...options, profiling: "named" });
  assert.doesNotMatch(plain, /PERFMON|KillMode|perf_event_open/);
  assert.match(free, /^User=leakwatch$/m);
  assert.match(free, /^CapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_PERFMON$/m);
  assert.match(free, /^SystemCallFilter=~@privileged/m);
  assert.match(named, /^User=root$/m);
  assert.match(named, /^CapabilityBoundingSet=.*CAP_KILL/m);
  assert.match(named, /^ReadWritePaths=\/run$/m);
  for (const unit of [free, named]) {
    assert.match(unit, /^KillMode=mixed$/m);
    assert.match(unit, /^OOMPolicy=continue$/m);
    assert.match(unit, /^NoNewPrivileges=yes$/m);
    assert.match(unit, /^ProtectSystem=strict$/m);
  }
});

Deno.test("unit: systemd gets words as they are, whatever they hold", () => {
  const unit = systemdUnit({ executable: "/opt/my tools/leakwatch", arguments: ["--rules", '/etc/50%"$x'] });
  assert.match(unit, /^ExecStart="\/opt\/my tools\/leakwatch" boot --quiet --rules "\/etc\/50%%\\"\$\$x"$/m);
});

Deno.test("unit: --listen stays on watch, and its token is handed over by systemd, root's alone", () => {
  const boot = {
    minutes: 7200,
    interval: 30,
    keepWatching: false,
    hideArguments: false,
    memoryBudget: DEFAULT_MEMORY_BUDGET,
    cpuBudget: DEFAULT_CPU_BUDGET,
    token: true,
  } as BootOptions;
  const listen = { host: "::", port: 7437 };
  const words = serviceArguments({ ...boot, listen, tokenFile: "/etc/leakwatch/token" });
  assert.deepEqual(words.slice(4), ["--keep-watching", "--listen", "[::]:7437"]);
  assert.throws(() => serviceArguments({ ...boot, listen }), UserError);
  const unit = systemdUnit({ ...options, arguments: words, token_file: "/etc/leakwatch/token" });
  assert.match(
    unit,
    /^ExecStart=.* --listen "\[::\]:7437" --token-file \$\{CREDENTIALS_DIRECTORY\}\/token$/m,
  );
  assert.match(unit, /^LoadCredential=token:\/etc\/leakwatch\/token$/m);
  assert.match(
    openrcScript({ ...options, token_file: "/etc/leakwatch/token" }),
    /'--token-file' '\/etc\/leakwatch\/token'/,
  );
});

Deno.test({
  ...requires("OpenRC script: small shells parse it, and the words arrive", "dash"),
  fn: async () => {
    const script = openrcScript({ ...options, arguments: ["--rules", "/etc/a b$(id)"] });
    const file = Deno.makeTempFileSync();
    try {
      // openrc-run sources the script, and start-stop-daemon gets command_args through eval.
      Deno.writeTextFileSync(file, `${script}\neval "set -- $command_args"\nprintf '%s\\n' "$@"\n`);
      const { success, stdout } = await new Deno.Command("dash", { args: [file] }).output();
      assert.ok(success);
      assert.equal(new TextDecoder().decode(stdout), "boot\n--quiet\n--rules\n/etc/a b$(id)\n");
    } finally {
      Deno.removeSync(file);
    }
  },
});

Deno.test("service: a file that its sandbox hides is refused when it is installed", () => {
  for (
    const path of ["/home/ada/rules.yml", "/root/rules.yml", "/tmp/rules.yml", "/var/tmp/x", "/run/user/1/x"]
  ) {
    assert.ok(isHiddenFromService(path), path);
  }
  assert.ok(!isHiddenFromService("/etc/leakwatch/rules.yml") && !isHiddenFromService("/homes/rules.yml"));
  const file = Deno.makeTempFileSync({ dir: "/tmp" });
  const link = `${file}.link`;
  try {
    Deno.symlinkSync(file, link);
    assert.throws(
      () => serviceFile("--rules", link),
      new UserError(
        `--rules ${file}: the service cannot read home, run-time and temporary folders; copy the file to /etc/leakwatch/`,
      ),
    );
  } finally {
    Deno.removeSync(file);
    Deno.removeSync(link);
  }
  assert.throws(
    () => serviceFile("--rules", "/etc/none.yml"),
    /^UserError: --rules \/etc\/none\.yml: no such file$/,
  );
  assert.equal(serviceFile("--rules", "/etc/passwd"), "/etc/passwd");
});
