/**
 * `deno task compile`: main.ts → dist/leakwatch, one file to copy, and its checksum beside it.
 *
 * First choice is `deno compile`. It needs the base runtime `denort`, downloaded from Deno's site or named in
 * DENORT_BIN. Where that cannot be had, the official `deno` and the program are packed into a self-extracting file: same
 * name, same arguments. It says which one it made.
 *
 * Options: --how=auto|compiled|self-extracting, --target=TRIPLE, --output=FILE.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import project from "../deno.json" with { type: "json" };
import { bundlePage, deno, splitProgram } from "./bundle.ts";
import { pack, RUNTIME_PACKAGES, runtimeFor, sha256 } from "./self_extracting.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    how: { type: "string", default: "auto" },
    target: { type: "string", default: Deno.build.target },
    output: { type: "string", default: "dist/leakwatch" },
  },
});
const { how, target, output } = options;
if (!["auto", "compiled", "self-extracting"].includes(how)) {
  fail(`no way ${how}: auto, compiled, self-extracting`);
}
if (!(target in RUNTIME_PACKAGES)) {
  fail(`no target ${target}: ${Object.keys(RUNTIME_PACKAGES).join(", ")}`);
}

Deno.chdir(ROOT);
Deno.mkdirSync("dist", { recursive: true });
const modules = "dist/program";
await bundlePage();
await splitProgram(modules);
// deno compile writes the modules' times into the executable: a fixed one, so that the same sources give the same bytes.
for (const { name } of Deno.readDirSync(modules)) Deno.utimeSync(`${modules}/${name}`, 1, 1);
const made = how === "self-extracting" ? await makeSelfExtracting() : await makeCompiled();
const bytes = Deno.readFileSync(output);
Deno.writeTextFileSync(`${output}.sha256`, `${sha256(bytes)}  ${output.split("/").at(-1)}\n`);
console.log(`${output}: ${made}, ${target}, ${(bytes.length / 1e6).toFixed(0)} MB`);

async function makeCompiled(): Promise<string> {
  // A base runtime named by hand is one of this machine's kind.
  if (target !== Deno.build.target) Deno.env.delete("DENORT_BIN");
  try {
    await deno(
      ...[
        "compile",
        "--quiet",
        "--allow-all",
        "--no-check",
        "--no-config",
        "--no-lock",
        "--no-remote",
        "--no-npm",
        "--unstable-net",
        // docs/decisions/0007-one-file.md
        "--v8-flags=--max-semi-space-size=1",
      ],
      ...["--target", target, "--output", `${output}.new`, `${modules}/main.js`],
    );
  } catch (error) {
    if (how === "compiled") throw error;
    const lines = String(error).split("\n");
    const why = lines.find((line) => line.includes("error sending")) ??
      lines.find((line) => line.includes("error:"));
    console.error(
      `compile: no truly compiled file: ${(why ?? lines[0]!).replace(/^\s*\d+:|\(.*/g, "").trim()}`,
    );
    console.error("compile: packing a self-extracting file instead");
    return await makeSelfExtracting();
  }
  // A running executable cannot be written to, but its name can be given to another file.
  Deno.renameSync(`${output}.new`, output);
  return "truly compiled";
}

async function makeSelfExtracting(): Promise<string> {
  const runtime = await runtimeFor(target).catch((error) => fail(error.message));
  const file = await pack({ version: project.version, target, runtime: runtime.bytes, modules });
  Deno.writeFileSync(`${output}.new`, file, { mode: 0o755 });
  Deno.renameSync(`${output}.new`, output);
  return `self-extracting, with Deno ${runtime.version}`;
}

function fail(message: string): never {
  console.error(`compile: ${message}`);
  Deno.exit(1);
}
