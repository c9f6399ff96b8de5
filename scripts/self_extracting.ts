/** Packs a Deno runtime and the program's modules behind a shell script into one executable file. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarOf } from "./tar.ts";

const HEADER = new URL("./self_extracting.sh", import.meta.url);

export interface RuntimePackage {
  /** In the npm registry; it holds the same `deno` as the release of that version. */
  name: string;
  version: string;
  /** Of the package's archive, as the registry states it; what is fetched must have it. */
  integrity: string;
}

/**
 * The runtime for each target. Deno publishes the one for 64-bit ARM to npm more seldom: 2.9.5 is its newest there
 * (docs/decisions/0007-one-file.md).
 */
export const RUNTIME_PACKAGES: Record<string, RuntimePackage> = {
  "x86_64-unknown-linux-gnu": {
    name: "@deno/linux-x64-glibc",
    version: "2.9.6",
    integrity:
      "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
  },
  "aarch64-unknown-linux-gnu": {
    name: "@deno/linux-arm64-glibc",
    version: "2.9.5",
    integrity:
      "sha512-IuYjsz9PGl7CJcNXMuN27KNDB8Q40brK3SG3l+TXMDVW61ZKwcn0fQHBHnXFiiygEwI8by/fKnASEluhZB1atw==",
  },
};

export interface Runtime {
  bytes: Uint8Array;
  version: string;
}

export interface Parts {
  version: string;
  target: string;
  /** The official `deno` executable for the target. */
  runtime: Uint8Array;
  /** Folder of the program's modules, main.js among them. */
  modules: string;
}

/** The whole file: script, then the compressed program, then the compressed runtime. */
export async function pack(parts: Parts): Promise<Uint8Array> {
  const program = gzipSync(await tarOf(parts.modules, 1, "--mode=u=rwX,go=rX"), { level: 9 });
  const runtime = gzipSync(parts.runtime, { level: 9 });
  const runtimeSum = sha256(parts.runtime);
  const programSum = sha256(joined(parts.modules));
  const fill = (headerBytes: number) =>
    Object.entries({
      VERSION: parts.version,
      TARGET: parts.target,
      NAME: `${parts.version}-${sha256(new TextEncoder().encode(runtimeSum + programSum)).slice(0, 16)}`,
      PROGRAM_SHA256: programSum,
      RUNTIME_SHA256: runtimeSum,
      // Fixed width, so that the header's length does not depend on them. tail -c +N counts from 1.
      PROGRAM_OFFSET: String(headerBytes + 1).padEnd(12),
      PROGRAM_SIZE: String(program.length),
      RUNTIME_OFFSET: String(headerBytes + program.length + 1).padEnd(12),
    }).reduce((text, [key, value]) => text.replaceAll(`@${key}@`, value), Deno.readTextFileSync(HEADER));
  const header = new TextEncoder().encode(fill(new TextEncoder().encode(fill(0)).length));
  const file = new Uint8Array(header.length + program.length + runtime.length);
  file.set(header, 0);
  file.set(program, header.length);
  file.set(runtime, header.length + program.length);
  return file;
}

/** All files of a folder, one after the other in the order of their names: what the script checks. */
function joined(folder: string): Uint8Array {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Buffer.concat(names.map((name) => Deno.readFileSync(`${folder}/${name}`)));
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The Deno that runs this script, or for another target the one that is pinned above. Throws Error where it cannot be had. */
export async function runtimeFor(target: string): Promise<Runtime> {
  if (target === Deno.build.target) {
    return { bytes: Deno.readFileSync(Deno.execPath()), version: Deno.version.deno };
  }
  const { name, version, integrity } = RUNTIME_PACKAGES[target]!;
  const directory = Deno.makeTempDirSync();
  try {
    const pack = new Deno.Command("npm", {
      args: ["pack", "--silent", "--pack-destination", directory, `${name}@${version}`],
      stdout: "null",
    });
    const { success } = await pack.output();
    const [archive] = [...Deno.readDirSync(directory)].map((entry) => `${directory}/${entry.name}`);
    if (!success || !archive) {
      throw new Error(`cannot fetch ${name}@${version}; is npm installed and the npm registry in reach?`);
    }
    const found = "sha512-" + createHash("sha512").update(Deno.readFileSync(archive)).digest("base64");
    if (found !== integrity) throw new Error(`${name}@${version} is ${found}, expected ${integrity}`);
    const tar = new Deno.Command("tar", { args: ["-xzf", archive, "-C", directory, "package/deno"] });
    if (!(await tar.output()).success) throw new Error(`${name}@${version} holds no package/deno`);
    return { bytes: Deno.readFileSync(`${directory}/package/deno`), version };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
