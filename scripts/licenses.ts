/** `deno task licenses`: writes docs/licenses.md, the licences of all that the executable holds. `leakwatch licenses` prints it. */

import { fileURLToPath } from "node:url";
import { type Dependency, readDependencies } from "./dependencies.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const LICENSES_FILE = `${ROOT}docs/licenses.md`;

export interface Licensed {
  name: string;
  version: string;
  /** SPDX identifier. */
  license: string;
  text: string;
}

const RUNTIME: Licensed = {
  name: "deno",
  version: "",
  license: "MIT",
  text: Deno.readTextFileSync(new URL("./deno_license.txt", import.meta.url)),
};

/** The document: a table, then each text once with the packages that it covers. Pure. */
export function licensesDocument(all: readonly Licensed[]): string {
  const rows = all.map(({ name, version, license }) => `| ${name} | ${version || "–"} | ${license} |`);
  const covered = Map.groupBy(all, ({ text }) => text.trim());
  const texts = [...covered].map(([text, packages]) =>
    `## ${packages.map(({ name, version }) => `${name} ${version}`.trim()).join(", ")}\n\n` +
    `${text.replace(/^/gm, "    ").replace(/ +$/gm, "")}\n`
  );
  return [
    "# Licences",
    "",
    "The executable holds leakwatch (MIT), the Deno runtime and these npm packages. Deno in turn is built from V8",
    "(BSD-3-Clause) and Rust crates under MIT, Apache-2.0 and similar licences; its source distribution lists them.",
    "",
    "Made by `deno task licenses`.",
    "",
    "| package | version | licence |",
    "|---|---|---|",
    ...rows,
    "",
    ...texts,
  ].join("\n");
}

/** The licences of the runtime and of what is bundled, from the packages themselves. Throws Error where one has no text. */
export async function readLicenses(dependencies: readonly Dependency[]): Promise<Licensed[]> {
  const cache = await npmCache();
  const packages = dependencies.filter(({ bundled }) => bundled).map(({ name, version }) => {
    const directory = `${cache}/${name}/${version}`;
    const { license } = JSON.parse(Deno.readTextFileSync(`${directory}/package.json`)) as { license: string };
    const file = [...Deno.readDirSync(directory)].find((entry) => /^licen[cs]e/i.test(entry.name));
    if (!file) throw new Error(`${name} ${version} has no licence file`);
    return { name, version, license, text: Deno.readTextFileSync(`${directory}/${file.name}`) };
  });
  return [RUNTIME, ...packages];
}

/** Where Deno keeps unpacked packages: a folder per registry, of which there is one. */
async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  const registry = [...Deno.readDirSync(npmCache)].find(({ isDirectory }) => isDirectory);
  if (!registry) throw new Error(`no packages in ${npmCache}`);
  return `${npmCache}/${registry.name}`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(LICENSES_FILE, licensesDocument(await readLicenses(await readDependencies())));
}
