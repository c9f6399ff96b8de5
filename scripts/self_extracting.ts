/** Packs a Deno runtime and the bundled program behind a shell script into one executable file. */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

const HEADER = new URL("./self_extracting.sh", import.meta.url);

/** Deno's packages in the npm registry hold the same files as its releases. */
export const RUNTIME_PACKAGES: Record<string, string> = {
  "x86_64-unknown-linux-gnu": "@deno/linux-x64-glibc",
  "aarch64-unknown-linux-gnu": "@deno/linux-arm64-glibc",
};

export interface Parts {
  version: string;
  target: string;
  /** The official `deno` executable for the target. */
  runtime: Uint8Array;
  /** The bundled program. */
  program: Uint8Array;
}

/** The whole file: script, then the compressed program, then the compressed runtime. */
export function pack(parts: Parts): Uint8Array {
  const program = gzipSync(parts.program, { level: 9 });
  const runtime = gzipSync(parts.runtime, { level: 9 });
  const runtimeSum = sha256(parts.runtime);
  const programSum = sha256(parts.program);
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

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The Deno that runs this script, or the same version for another target from the npm registry. */
export async function runtimeFor(target: string): Promise<Uint8Array> {
  if (target === Deno.build.target) return Deno.readFileSync(Deno.execPath());
  const directory = Deno.makeTempDirSync();
  try {
    const name = `${RUNTIME_PACKAGES[target]}@${Deno.version.deno}`;
    const command = `npm pack --silent ${name} >/dev/null && tar xzf ./*.tgz`;
    const { success } = await new Deno.Command("sh", { args: ["-c", command], cwd: directory }).output();
    if (!success) {
      throw new Error(
        `cannot fetch ${name} from the npm registry; is npm installed and the registry in reach?`,
      );
    }
    return Deno.readFileSync(`${directory}/package/deno`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
