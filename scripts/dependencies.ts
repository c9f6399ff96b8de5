/** The npm packages of deno.lock, and which of them end up in the executable. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Entries of the program and of the page that lies inside it. */
const ENTRIES = ["main.ts", "ui/web/main.tsx"];

export interface Dependency {
  /** As the lock file names it: `@preact/signals@2.11.4_preact@11.2.0` is of one with that peer. */
  key: string;
  name: string;
  version: string;
  /** SHA-512 of the package's archive, lower-case hex. */
  sha512: string;
  /** Keys. */
  dependencies: string[];
  /** Part of the executable; the others serve tests. */
  bundled: boolean;
}

/** What this reads of the lock file (version 5). */
export interface Lock {
  npm: Record<string, { integrity: string; dependencies?: string[] }>;
}

/** All packages of the lock file, by key. `roots`: the keys that the program imports. Throws Error where a key is not in the lock. */
export function parseDependencies(lock: Lock, roots: readonly string[]): Dependency[] {
  const keys = Object.keys(lock.npm);
  // A dependency of which the lock file holds one version is named without it.
  const resolve = (name: string) => {
    const found = keys.filter((key) => key === name || splitKey(key).name === name);
    if (found.length !== 1) throw new Error(`deno.lock: ${found.length} packages for ${name}`);
    return found[0]!;
  };
  const dependenciesOf = (key: string) => (lock.npm[key]!.dependencies ?? []).map(resolve);
  const bundled = new Set<string>();
  const add = (key: string) => {
    if (bundled.has(key)) return;
    bundled.add(key);
    dependenciesOf(key).forEach(add);
  };
  roots.map(resolve).forEach(add);
  return keys.sort().map((key) => ({
    key,
    ...splitKey(key),
    sha512: hexOf(lock.npm[key]!.integrity),
    dependencies: dependenciesOf(key),
    bundled: bundled.has(key),
  }));
}

/** Asks Deno which packages the program and the page import. */
export async function readDependencies(): Promise<Dependency[]> {
  const lock: Lock = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`));
  const roots = new Set<string>();
  for (const entry of ENTRIES) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(`deno info ${entry}: ${new TextDecoder().decode(stderr)}`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
      modules: { npmPackage?: string }[];
    };
    for (const { npmPackage } of modules) if (npmPackage) roots.add(npmPackage);
  }
  return parseDependencies(lock, [...roots]);
}

/** `@scope/name@1.2.3_peer@4.5.6` → its name and version. */
function splitKey(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_", 1)[0]! };
}

function hexOf(integrity: string): string {
  const base64 = /^sha512-(.+)$/.exec(integrity)?.[1];
  if (!base64) throw new Error(`deno.lock: not a SHA-512: ${integrity}`);
  return Uint8Array.fromBase64(base64).toHex();
}
