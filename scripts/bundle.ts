/** Bundles the page and the program: one file each, so that a start reads and keeps little. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs this same Deno in the project's folder; throws with its last words where it fails. */
export async function deno(...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(`deno ${args[0]} failed:\n${text.decode(stdout)}${text.decode(stderr)}`.trim());
}

/** ui/web/main.tsx → ui/server/page/page.js, which the server imports as text. */
export async function bundlePage(): Promise<void> {
  if (!exists(`${ROOT}ui/web/main.tsx`)) return;
  await deno(
    "bundle",
    "--platform",
    "browser",
    "--minify",
    "-o",
    "ui/server/page/page.js",
    "ui/web/main.tsx",
  );
}

/** A program with all it imports → one module, the same bytes wherever this project and Deno's cache lie. */
export async function bundleProgram(output: string, program = "main.ts"): Promise<void> {
  await deno("bundle", "--platform", "deno", "-o", output, program);
  // The bundler labels modules with their paths from here: "../../home/me/.cache/deno/npm/HOST/zod/4.6.7/index.js".
  const text = Deno.readTextFileSync(output);
  Deno.writeTextFileSync(output, text.replaceAll(/^(\/\/ |\s+")(?:\.\.\/)+\S*?\/npm\/[^/\s]+\//gm, "$1npm/"));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) await bundlePage();
