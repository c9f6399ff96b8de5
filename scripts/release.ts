/**
 * `deno task release`: everything that a release consists of, below dist/release. For each target the executable and a Debian
 * package, then the installer, the bill of materials and SHA256SUMS over all of it.
 *
 * Each executable is truly compiled where Deno's base runtime can be had, else self-extracting; `compile` says which.
 * Needs dpkg-deb and git. Options: --target=TRIPLE (repeatable), --how=…, --output=DIRECTORY.
 */

import { parseArgs } from "node:util";
import project from "../deno.json" with { type: "json" };
import { ARCHITECTURES, makeDeb } from "./deb.ts";
import { readDependencies } from "./dependencies.ts";
import { licensesDocument, readLicenses } from "./licenses.ts";
import { sbom } from "./sbom.ts";
import { runtimeFor, sha256 } from "./self_extracting.ts";

const ROOT = new URL("..", import.meta.url).pathname;

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    target: { type: "string", multiple: true, default: Object.keys(ARCHITECTURES) },
    how: { type: "string", default: "auto" },
    output: { type: "string", default: "dist/release" },
  },
});

Deno.chdir(ROOT);
const directory = options.output;
Deno.mkdirSync(directory, { recursive: true });
const epoch = Number(await print("git", "log", "-1", "--format=%ct"));
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
for (const target of options.target) {
  try {
    made.push(...await release(target));
  } catch (error) {
    if (target === Deno.build.target) throw error;
    console.error(`release: nothing for ${target}: ${error instanceof Error ? error.message : error}`);
  }
}
const bill = `${directory}/leakwatch-${project.version}.cdx.json`;
Deno.writeTextFileSync(
  bill,
  JSON.stringify(sbom(await readDependencies(), await runtimeVersion()), null, 2) + "\n",
);
const installer = `${directory}/install.sh`;
Deno.copyFileSync("install.sh", installer);
made.push(bill, installer);
const sums = made.map((file) => `${sha256(Deno.readFileSync(file))}  ${file.split("/").at(-1)}\n`);
Deno.writeTextFileSync(`${directory}/SHA256SUMS`, sums.join(""));
console.log(sums.join("").trimEnd());

/** The executable and its package. */
async function release(target: string): Promise<string[]> {
  const { version } = project;
  const file = `${directory}/leakwatch-${version}-linux-${target.split("-")[0]}`;
  await run(
    ...[Deno.execPath(), "task", "compile", `--target=${target}`, `--how=${options.how}`] as const,
    `--output=${file}`,
  );
  Deno.removeSync(`${file}.sha256`); // SHA256SUMS has it
  const executable = Deno.readFileSync(file);
  const runtime = executable[0] === 0x7f ? executable : await runtimeFor(target);
  return [file, await makeDeb({ version, target, executable, runtime, epoch, ...texts }, directory)];
}

/** Of the Deno in this machine's executable: another one than this where a base runtime was named. */
async function runtimeVersion(): Promise<string> {
  const own = made.find((file) => file.endsWith(`-linux-${Deno.build.arch}`));
  const version = own && /\(Deno ([\d.]+),/.exec(await print(Deno.realPathSync(own), "--version"))?.[1];
  return version ?? Deno.version.deno;
}

/** As Debian wants it: texts that every Debian has are referred to. */
async function debianCopyright(): Promise<string> {
  const all = await readLicenses(await readDependencies());
  const apache =
    "The full text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0 on Debian systems.";
  return Deno.readTextFileSync("LICENSE") + "\n" +
    licensesDocument(all.map((each) => each.license === "Apache-2.0" ? { ...each, text: apache } : each));
}

/** What leakwatch prints, run from these sources. */
function leakwatch(...args: string[]): Promise<string> {
  return print(Deno.execPath(), "run", "--quiet", "--allow-all", "main.ts", ...args);
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
