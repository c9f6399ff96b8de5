/** The file for 64-bit ARM, made as a release makes it and run in emulation: it unpacks, starts and reads this kernel. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { RUNTIME_PACKAGES } from "../../scripts/self_extracting.ts";
import { requires } from "../requires.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LAB = `${ROOT}test/end_to_end/lab/aarch64.sh`;
const TARGET = "aarch64-unknown-linux-gnu";

async function output(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env, cwd: ROOT }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stdout) + text.decode(stderr));
  return text.decode(stdout);
}

Deno.test({
  ...requires(
    "aarch64: the self-extracting file runs in emulation",
    "root",
    "apt-get",
    "binfmt",
    "dpkg-deb",
    "unshare",
  ),
  fn: async () => {
    const directory = Deno.makeTempDirSync();
    try {
      const file = `${directory}/leakwatch`;
      const words = ["run", "--quiet", "--allow-all", "scripts/compile.ts", "--how=self-extracting"];
      await output(Deno.execPath(), [...words, `--target=${TARGET}`, `--output=${file}`]);
      // One start only: emulated, each takes half a minute of processor time.
      const args = ["run", file, "analyze", "--duration", "0", "--format", "json", "--top", "0"];
      const analysis = JSON.parse(await output(LAB, args, { CACHE_DIRECTORY: directory }));
      assert.equal(analysis.leakwatch_version, project.version);
      assert.ok(analysis.system.memory.total_bytes > 0);
      assert.ok(analysis.processes.some(({ pid }: { pid: number }) => pid === Deno.pid));
      const unpacked = [...Deno.readDirSync(`${directory}/leakwatch-0`)].find(({ name }) => name !== "deno")!;
      const runtime = await output(LAB, [
        "run",
        `${directory}/leakwatch-0/${unpacked.name}/leakwatch`,
        "--version",
      ]);
      assert.match(runtime, new RegExp(`^deno ${RUNTIME_PACKAGES[TARGET]!.version} \\(.*${TARGET}\\)`));
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
