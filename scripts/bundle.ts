/** Bundles the page and the program, so that a start reads and keeps little. */

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
  Deno.writeTextFileSync(output, portable(Deno.readTextFileSync(output)));
}

/**
 * The program → a folder of main.js and the modules that it loads once a command needs them: what is not loaded costs neither
 * memory nor time to parse. The same names and bytes wherever this project and Deno's cache lie.
 */
export async function splitProgram(folder: string): Promise<void> {
  if (exists(folder)) Deno.removeSync(folder, { recursive: true });
  await deno("bundle", "--platform", "deno", "--code-splitting", "--outdir", folder, "main.ts");
  const texts: Record<string, string> = {};
  for (const { name } of Deno.readDirSync(folder)) {
    texts[name] = portable(Deno.readTextFileSync(`${folder}/${name}`));
    Deno.removeSync(`${folder}/${name}`);
  }
  for (const [name, text] of Object.entries(renamed(texts))) {
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
}

/**
 * The bundler labels modules with their paths from here: "../../home/me/.cache/deno/npm/HOST/zod/4.6.7/index.js". And one letter
 * beyond Latin-1, be it in a comment, has V8 keep two bytes for each letter of the module.
 */
function portable(text: string): string {
  return text.replaceAll(/^(\/\/ |\s+")(?:\.\.\/)+\S*?\/npm\/[^/\s]+\//gm, "$1npm/")
    .replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Modules by new names, numbered in the order in which they are imported: those of the bundler are made of paths. */
function renamed(texts: Record<string, string>): Record<string, string> {
  const names = new Map([["main.js", "main.js"]]);
  const result: Record<string, string> = {};
  // A Map is walked in the order of insertion, what is added on the way included.
  for (const [name, own] of names) {
    result[own] = texts[name]!.replaceAll(/"\.\/([\w.-]+\.js)"/g, (whole, imported) => {
      if (!(imported in texts)) return whole;
      if (!names.has(imported)) names.set(imported, `part_${names.size}.js`);
      return `"./${names.get(imported)}"`;
    });
  }
  return result;
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
