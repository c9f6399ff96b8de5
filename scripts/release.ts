/**
 * `deno task release`: everything that a release consists of, below dist/release. For each target the executable, a Debian
 * package, a container image (OCI archive) and the bill of materials; then the installer and SHA256SUMS over all of it.
 *
 * Each executable is truly compiled where Deno's base runtime can be had, else self-extracting; `compile` says which. The same
 * sources, Deno and Debian packages give the same bytes; `--compare DIRECTORY` says which files differ from another build.
 *
 * Needs npm, dpkg-deb, apt-get, tar and git. Options: --target=TRIPLE (repeatable), --how=…, --output=DIRECTORY, --compare=DIRECTORY.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import project from "../deno.json" with { type: "json" };
import { ARCHITECTURES, makeDeb } from "./deb.ts";
import { readDependencies } from "./dependencies.ts";
import { fetchPackages, type ImageParts, makeImage } from "./image.ts";
import { licensesDocument, readLicenses } from "./licenses.ts";
import { sbom } from "./sbom.ts";
import { type Runtime, runtimeFor, sha256 } from "./self_extracting.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Where compile leaves the program's modules. */
const MODULES = "dist/program";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    target: { type: "string", multiple: true, default: Object.keys(ARCHITECTURES) },
    how: { type: "string", default: "auto" },
    output: { type: "string", default: "dist/release" },
    compare: { type: "string" },
  },
});
for (const target of options.target) {
  if (!(target in ARCHITECTURES)) {
    console.error(`release: no target ${target}: ${Object.keys(ARCHITECTURES).join(", ")}`);
    Deno.exit(2);
  }
}

Deno.chdir(ROOT);
Deno.umask(0o022);
const directory = options.output;
Deno.mkdirSync(directory, { recursive: true });
const { version } = project;
const epoch = Number(await print("git", "log", "-1", "--format=%ct"));
const dependencies = await readDependencies();
const texts = {
  manual: await leakwatch("manual"),
  completions: {
    bash: await leakwatch("completions", "bash"),
    zsh: await leakwatch("completions", "zsh"),
    fish: await leakwatch("completions", "fish"),
  },
  copyright: await debianCopyright(),
  changelog: Deno.readTextFileSync("CHANGELOG.md"),
};
const made: string[] = [];
for (const target of options.target) made.push(...await release(target));
const installer = `${directory}/install.sh`;
Deno.copyFileSync("install.sh", installer);
made.push(installer);
const sums = made.map((file) => `${sha256(Deno.readFileSync(file))}  ${nameOf(file)}\n`).join("");
Deno.writeTextFileSync(`${directory}/SHA256SUMS`, sums);
console.log(sums.trimEnd());
if (options.compare) Deno.exit(compare(sums, Deno.readTextFileSync(`${options.compare}/SHA256SUMS`)));

/** The files for one target. */
async function release(target: string): Promise<string[]> {
  const file = `${directory}/leakwatch-${version}-linux-${target.split("-")[0]}`;
  await run(
    ...[Deno.execPath(), "task", "--quiet", "compile", `--target=${target}`, `--how=${options.how}`] as const,
    `--output=${file}`,
  );
  Deno.removeSync(`${file}.sha256`); // SHA256SUMS has it
  const executable = Deno.readFileSync(file);
  const isCompiled = executable[0] === 0x7f;
  const runtime = isCompiled ? await compiledRuntime(file, target) : await runtimeFor(target);
  const bill = `${file}.cdx.json`;
  const document = sbom(dependencies, runtime.version, target);
  Deno.writeTextFileSync(bill, JSON.stringify(document, null, 2) + "\n");
  const deb = await makeDeb(
    { version, target, executable, runtime: runtime.bytes, epoch, ...texts },
    directory,
  );
  const program = isCompiled ? { executable } : { runtime: runtime.bytes, modules: MODULES };
  return [file, deb, await releaseImage(ARCHITECTURES[target]!, program), bill];
}

async function releaseImage(architecture: string, program: ImageParts["program"]): Promise<string> {
  const packages = Deno.makeTempDirSync();
  try {
    await fetchPackages(architecture, packages);
    return await makeImage({ version, architecture, program, packages, epoch }, directory);
  } finally {
    Deno.removeSync(packages, { recursive: true });
  }
}

/** The runtime that the program was appended to. Of this machine's kind it may be another one than this (DENORT_BIN), so it is asked. */
async function compiledRuntime(file: string, target: string): Promise<Runtime> {
  const bytes = Deno.readFileSync(file);
  if (target !== Deno.build.target) return { bytes, version: Deno.version.deno };
  const line = await print(Deno.realPathSync(file), "--version");
  const version = /\(Deno ([\d.]+),/.exec(line)?.[1];
  if (!version) throw new Error(`${file} --version says: ${line}`);
  return { bytes, version };
}

/** Prints the files whose checksum is not that of the other build; the exit code. */
function compare(ours: string, theirs: string): number {
  const other = new Set(theirs.trimEnd().split("\n"));
  const lines = ours.trimEnd().split("\n");
  const differing = lines.filter((line) => !other.has(line)).map((line) => line.slice(66));
  console.error(
    differing.length === 0
      ? `release: all ${lines.length} files are those of ${options.compare}`
      : `release: not those of ${options.compare}: ${differing.join(", ")}`,
  );
  return differing.length === 0 ? 0 : 1;
}

/** As Debian wants it: texts that every Debian has are referred to. */
async function debianCopyright(): Promise<string> {
  const all = await readLicenses(dependencies);
  const apache =
    "The full text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0 on Debian systems.";
  return Deno.readTextFileSync("LICENSE") + "\n" +
    licensesDocument(all.map((each) => each.license === "Apache-2.0" ? { ...each, text: apache } : each));
}

/** What leakwatch prints, run from these sources. */
function leakwatch(...args: string[]): Promise<string> {
  return print(Deno.execPath(), "run", "--quiet", "--allow-all", "main.ts", ...args);
}

function nameOf(file: string): string {
  return file.split("/").at(-1)!;
}

async function print(command: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args, stderr: "inherit" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).spawn().status;
  if (!success) throw new Error(`${command} ${args.join(" ")} failed`);
}
