/** install.sh with a stand-in for the program, into a folder of its own; what needs systemd is in test/end_to_end. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { requires } from "../requires.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));

interface Place {
  prefix: string;
  binary: string;
  run(...args: string[]): Promise<{ code: number; text: string }>;
  write(version: string): void;
}

async function withPlace(test: (place: Place) => Promise<void>, shell = ["sh"]): Promise<void> {
  const directory = Deno.makeTempDirSync();
  const binary = `${directory}/leakwatch`, prefix = `${directory}/prefix`;
  const write = (version: string) => {
    const program =
      `#!/bin/sh\ncase $1 in --version) echo "leakwatch ${version}" ;; *) echo "printed for $*" ;; esac\n`;
    Deno.writeTextFileSync(binary, program, { mode: 0o755 });
    Deno.writeTextFileSync(
      `${binary}.sha256`,
      `${createHash("sha256").update(program).digest("hex")}  leakwatch\n`,
    );
  };
  const run = async (...args: string[]) => {
    const [command, ...words] = [...shell, SCRIPT, "--prefix", prefix, "--binary", binary, ...args];
    const output = await new Deno.Command(command!, { args: words, cwd: directory }).output();
    const text = new TextDecoder();
    return { code: output.code, text: text.decode(output.stdout) + text.decode(output.stderr) };
  };
  write("1.0");
  try {
    await test({ prefix, binary, run, write });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function filesBelow(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
      isDirectory ? filesBelow(`${directory}/${name}`).map((file) => `${name}/${file}`) : [name]
    ).sort();
  } catch {
    return [];
  }
}

const INSTALLED = [
  "bin/leakwatch",
  "share/bash-completion/completions/leakwatch",
  "share/fish/vendor_completions.d/leakwatch.fish",
  "share/man/man1/leakwatch.1",
  "share/zsh/site-functions/_leakwatch",
];

for (const shell of [["sh"], ["dash"], ["busybox", "sh"]] as ["sh" | "dash" | "busybox", ...string[]][]) {
  const [name] = shell;
  Deno.test({
    ...requires(`install.sh: installs, upgrades and removes under ${name}`, ...(name === "sh" ? [] : [name])),
    fn: () =>
      withPlace(async ({ prefix, run, write }) => {
        const first = await run("--no-service");
        assert.equal(first.code, 0, first.text);
        assert.match(first.text, /done: leakwatch 1\.0 in /);
        assert.deepEqual(filesBelow(prefix), INSTALLED);
        assert.equal(Deno.readTextFileSync(`${prefix}/${INSTALLED[3]}`), "printed for manual\n");

        const again = await run("--no-service");
        assert.equal(again.text.match(/is up to date/g)?.length, INSTALLED.length);

        // A running program keeps the file that it was started from.
        const running = Deno.statSync(`${prefix}/bin/leakwatch`).ino;
        write("1.1");
        assert.match((await run("--no-service")).text, /done: leakwatch 1\.1 in /);
        assert.notEqual(Deno.statSync(`${prefix}/bin/leakwatch`).ino, running);
        assert.deepEqual(filesBelow(prefix), INSTALLED);

        assert.equal((await run("--uninstall", "--no-service")).code, 0);
        assert.deepEqual(filesBelow(prefix), []);
      }, shell),
  });
}

Deno.test("install.sh: --dry-run names every file and changes none", () =>
  withPlace(async ({ prefix, run }) => {
    const { code, text } = await run("--dry-run");
    assert.equal(code, 0, text);
    for (const file of INSTALLED) assert.ok(text.includes(`${prefix}/${file}`), file);
    assert.deepEqual(filesBelow(prefix), []);
  }));

Deno.test("install.sh: refuses a file that is not what its checksum says", () =>
  withPlace(async ({ prefix, binary, run }) => {
    Deno.writeTextFileSync(binary, "#!/bin/sh\necho leakwatch evil\n");
    const changed = await run("--no-service");
    assert.equal(changed.code, 1);
    assert.match(changed.text, /^install\.sh: .* does not have the checksum in .*; fetch both again\n$/);
    Deno.writeTextFileSync(`${binary}.sha256`, "");
    const empty = await run("--no-service");
    assert.equal(empty.code, 1);
    assert.match(empty.text, /^install\.sh: .*\.sha256 is empty; fetch it again\n$/);
    assert.deepEqual(filesBelow(prefix), []);
  }));

Deno.test("install.sh: one file alone is enough; that nothing vouches for it is said", () =>
  withPlace(async ({ prefix, binary, run }) => {
    Deno.removeSync(`${binary}.sha256`);
    const { code, text } = await run("--no-service");
    assert.equal(code, 0, text);
    assert.match(
      text,
      /^install\.sh: neither .*\.sha256 nor SHA256SUMS has its checksum, so the program is installed unchecked\n/,
    );
    assert.match(text, /done: leakwatch 1\.0 in /);
    assert.deepEqual(filesBelow(prefix), INSTALLED);
  }));

Deno.test("install.sh: takes the file of a release beside it, and its SHA256SUMS", () =>
  withPlace(async ({ prefix, binary }) => {
    const directory = binary.replace(/\/leakwatch$/, "");
    const machine = new TextDecoder().decode(
      (await new Deno.Command("uname", { args: ["-m"] }).output()).stdout,
    );
    const name = `leakwatch-1.0-linux-${machine.trim()}`;
    const [sum] = Deno.readTextFileSync(`${binary}.sha256`).split(" ");
    Deno.removeSync(`${binary}.sha256`);
    Deno.renameSync(binary, `${directory}/${name}`);
    Deno.copyFileSync(SCRIPT, `${directory}/install.sh`);
    const run = async () => {
      const args = [`${directory}/install.sh`, "--prefix", prefix, "--no-service"];
      const { code, stdout, stderr } = await new Deno.Command("sh", { args }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    Deno.writeTextFileSync(`${directory}/SHA256SUMS`, `${"0".repeat(64)}  other\n${sum}  ${name}\n`);
    const right = await run();
    assert.equal(right.code, 0, right.text);
    assert.doesNotMatch(right.text, /unchecked/);
    assert.deepEqual(filesBelow(prefix), INSTALLED);
    Deno.writeTextFileSync(`${directory}/SHA256SUMS`, `${"0".repeat(64)}  ${name}\n`);
    const wrong = await run();
    assert.equal(wrong.code, 1);
    assert.match(wrong.text, /does not have the checksum in .*\/SHA256SUMS; fetch both again/);
  }));

Deno.test("install.sh: from a pipe it takes the program in the current folder, and none of that name on PATH", () =>
  withPlace(async ({ prefix, binary }) => {
    const directory = binary.replace(/\/leakwatch$/, "");
    Deno.mkdirSync(`${directory}/bin`);
    Deno.writeTextFileSync(`${directory}/bin/leakwatch`, "#!/bin/sh\necho leakwatch of old\n", {
      mode: 0o755,
    });
    const piped = async (line: string) => {
      const env = { PATH: `${directory}/bin:${Deno.env.get("PATH")}`, SCRIPT, PREFIX: prefix };
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", `cat "$SCRIPT" | sh -s -- ${line}`],
        cwd: directory,
        env,
      }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    for (const how of ["", "--binary leakwatch"]) {
      const { code, text } = await piped(`--prefix "$PREFIX" --no-service ${how}`);
      assert.equal(code, 0, text);
      assert.match(text, /done: leakwatch 1\.0 in /);
    }
    assert.deepEqual(filesBelow(prefix), INSTALLED);
    assert.match((await piped("--help")).text, /^install\.sh: --help needs the file: download install\.sh/);
    Deno.removeSync(binary);
    assert.deepEqual(await piped(`--prefix "$PREFIX" --no-service`), {
      code: 1,
      text: `install.sh: no leakwatch in ${Deno.realPathSync(directory)}; name one with --binary\n`,
    });
  }));

Deno.test("install.sh: reads a checksum without a newline at its end", () =>
  withPlace(async ({ binary, run }) => {
    const sum = Deno.readTextFileSync(`${binary}.sha256`);
    for (const text of [sum.trimEnd(), sum.split(" ")[0]!]) {
      Deno.writeTextFileSync(`${binary}.sha256`, text);
      const ran = await run("--no-service");
      assert.deepEqual([ran.code, ran.text.includes("done: leakwatch 1.0 in ")], [0, true], ran.text);
    }
  }));

Deno.test("install.sh: refuses a program that does not run here", () =>
  withPlace(async ({ prefix, binary, run }) => {
    const other = "\x7fELF of another machine";
    Deno.writeTextFileSync(binary, other);
    Deno.writeTextFileSync(`${binary}.sha256`, createHash("sha256").update(other).digest("hex") + "\n");
    const { code, text } = await run("--no-service");
    assert.equal(code, 1);
    assert.match(
      text,
      /install\.sh: .* does not run on this machine \(\w+\); is it the file for another one\?\n$/,
    );
    assert.deepEqual(filesBelow(prefix), []);
  }));

Deno.test("install.sh: an unknown option is wrong usage", () =>
  withPlace(async ({ run }) => {
    assert.deepEqual(await run("--perfix"), {
      code: 2,
      text: "install.sh: unknown option --perfix; see install.sh --help\n",
    });
  }));
