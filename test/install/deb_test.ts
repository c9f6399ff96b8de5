/** The Debian package, with a script in the executable's place; what dpkg makes of it is in test/end_to_end/deb_test.ts. */

import assert from "node:assert/strict";
import { control, type DebParts, makeDeb, neededGlibc } from "../../scripts/deb.ts";
import { requires } from "../requires.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const PARTS: DebParts = {
  version: "1.2.3",
  target: "aarch64-unknown-linux-gnu",
  executable: bytes("#!/bin/sh\necho leakwatch\n"),
  runtime: bytes("\0GLIBC_2.4\0GLIBC_2.17\0GLIBC_2.2.5\0GLIBCXX_3.4.99\0"),
  manual:
    '.TH LEAKWATCH 1 "" "leakwatch 1.2.3" "User Commands"\n.SH NAME\nleakwatch \\- finds memory leaks\n',
  completions: {
    bash: "complete -W x leakwatch\n",
    zsh: "#compdef leakwatch\n",
    fish: "complete -c leakwatch\n",
  },
  copyright: "Copyright 2026 the leakwatch authors\n\nLicence: MIT\n",
  changelog: "# Changelog\n",
  epoch: 1_780_000_000,
};

async function output(...[command, ...args]: [string, ...string[]]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}

async function withDeb(test: (deb: string, directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await test(await makeDeb(PARTS, directory), directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("deb: asks for the C library that the runtime was made with", () => {
  assert.equal(neededGlibc(PARTS.runtime), "2.17");
  assert.equal(neededGlibc(bytes("no program")), null);
  assert.match(control(PARTS, 5), /^Depends: libc6 \(>= 2\.17\), libgcc-s1$/m);
  assert.match(control(PARTS, 5), /^Version: 1\.2\.3-1$/m);
  assert.match(control(PARTS, 5), /^Architecture: arm64$/m);
});

Deno.test({
  ...requires("deb: root's files in the usual places, no service, the same bytes each time", "dpkg-deb"),
  fn: () =>
    withDeb(async (deb, directory) => {
      assert.equal(deb, `${directory}/leakwatch_1.2.3-1_arm64.deb`);
      const { code, text } = await output("dpkg-deb", "--contents", deb);
      assert.equal(code, 0, text);
      const entries = text.trim().split("\n").map((line) => line.split(/\s+/));
      assert.deepEqual(new Set(entries.map(([, owner]) => owner)), new Set(["root/root"]));
      for (const [mode, , , , , path] of entries) {
        const expected = path === "./usr/bin/leakwatch" || path!.endsWith("/") ? "rwxr-xr-x" : "rw-r--r--";
        assert.equal(mode!.slice(1), expected, path);
      }
      const files = entries.map((entry) => entry[5]!).filter((path) => !path.endsWith("/"));
      assert.ok(files.includes("./usr/share/man/man1/leakwatch.1.gz"));
      assert.deepEqual(files.filter((path) => /systemd|init\.d|\/etc\//.test(path)), []);
      Deno.mkdirSync(`${directory}/again`);
      assert.deepEqual(Deno.readFileSync(await makeDeb(PARTS, `${directory}/again`)), Deno.readFileSync(deb));
    }),
});

Deno.test({
  ...requires("deb: lintian finds neither errors nor warnings", "lintian", "dpkg-deb"),
  fn: () =>
    withDeb(async (deb) => {
      const { code, text } = await output(
        "lintian",
        "--no-cfg",
        "--allow-root",
        "--fail-on=error,warning",
        deb,
      );
      assert.equal(code, 0, text);
    }),
});
