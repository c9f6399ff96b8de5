/** Who may import whom, that nothing imports in a circle, and who may spawn processes, write files or reach the network. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["model", "cli", "collectors", "profile", "rules", "sinks", "store", "fleet", "ui"];

/** Folders that may be imported from, types included; `cli` knows everyone. A type that two folders share is in `model`. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: ["model"],
  collectors: ["collectors", "model"],
  rules: ["rules", "model"],
  sinks: ["sinks", "model"],
  store: ["store", "model"],
  // Profiling starts from what the collectors read of a process: its mappings and its runtime.
  profile: ["profile", "collectors", "model"],
  fleet: ["fleet", "model"],
  "ui/server": ["ui/server", "model"],
  // The page's own code is bundled for a browser: of the server it takes types only.
  "ui/web": ["ui/web", "model"],
};
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = { "ui/web": ["ui/server"] };

/** What only some may do: pattern in the code → files or folders that may. */
const DEEDS: { what: string; pattern: RegExp; allowed: RegExp[] }[] = [
  {
    what: "spawn a process",
    pattern: /new Deno\.Command\b|node:child_process/,
    allowed: [
      /^cli\/journal\.ts$/,
      /^cli\/service_manager\.ts$/,
      /^cli\/serve\/offer_browser\.ts$/,
      /^sinks\/command\.ts$/,
      /^profile\/run_(tool|own)\.ts$/,
    ],
  },
  {
    what: "write files",
    pattern:
      /Deno\.(write|mkdir|rename|remove|symlink|link|truncate|chmod|create(?!HttpClient))\w*\(|\b(write|writeFile|mkdir|rename|unlink|rm|symlink|ftruncate)Sync\(/,
    allowed: [/^cli\//, /^store\//, /^profile\//],
  },
  {
    what: "reach the network",
    pattern: /\bfetch\(|Deno\.(connect|listen|serve|createHttpClient)\w*\(/,
    allowed: [
      /^cli\//,
      /^sinks\//,
      /^collectors\/container\//,
      /^collectors\/declared_limit\/ask_redis\.ts$/,
      /^fleet\/client\.ts$/,
      /^fleet\/credentials\.ts$/,
      /^profile\/inspector\//,
      /^profile\/go\//,
      /^profile\/target_directory\.ts$/,
    ],
  },
  {
    what: "read files",
    pattern: /Deno\.(read|open|stat|lstat)\w*\(/,
    allowed: [
      /^cli\//,
      /^collectors\//,
      /^profile\//,
      /^store\//,
      /^sinks\//,
      /^fleet\/credentials\.ts$/,
    ],
  },
  { what: "use foreign functions", pattern: /Deno\.dlopen\(/, allowed: [/^collectors\/ffi\.ts$/] },
];

interface Import {
  path: string;
  isType: boolean;
}

/** Their TypeScript files, in order. */
function sources(folders: readonly string[] = FOLDERS): string[] {
  const found: string[] = [];
  const walk = (directory: string) => {
    for (const entry of Deno.readDirSync(ROOT + directory)) {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory) walk(path);
      else if (/\.tsx?$/.test(entry.name)) found.push(path);
    }
  };
  const present = [...Deno.readDirSync(ROOT)].map((entry) => entry.name);
  folders.filter((folder) => present.includes(folder)).forEach(walk);
  return found.sort();
}

function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = [];
  const pattern =
    /^(?:import|export)\s+(type\s+)?(?:([^"';]*?)\s+from\s+)?["'](\.[^"']+)["']|import\(\s*["'](\.[^"']+)["']\s*\)/gm;
  for (const [, type, names, path, dynamic] of text.matchAll(pattern)) {
    const target = new URL((path ?? dynamic)!, `file:///${file}`).pathname.slice(1);
    const onlyTypes = names !== undefined && /^\{[^}]*\}$/.test(names) &&
      names.slice(1, -1).split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "));
    imports.push({ path: target, isType: type !== undefined || onlyTypes });
  }
  return imports;
}

const folderOf = (path: string) =>
  path.startsWith("ui/") ? path.split("/").slice(0, 2).join("/") : path.split("/")[0]!;

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

const isAllowed = (folder: string, target: string, isType: boolean) =>
  folder === "cli" || MAY_IMPORT[folder]!.includes(target) ||
  (isType && (MAY_IMPORT_TYPES[folder] ?? []).includes(target));

/** Every file with what it imports, once. */
const GRAPH = new Map(sources().map((file) => [file, importsOf(file, Deno.readTextFileSync(ROOT + file))]));

Deno.test("import rules: each folder imports only from where the design lets it", () => {
  const wrong = [...GRAPH].flatMap(([file, imports]) =>
    imports.filter(({ path, isType }) =>
      path !== "deno.json" && !isAllowed(folderOf(file), folderOf(path), isType)
    ).map(({ path }) => `${file} imports ${path}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("import rules: no import cycle, types included", () => {
  assert.deepEqual(cyclesOf(GRAPH), []);
});

/** Strongly connected components of more than one file (Tarjan 1972, doi:10.1137/0201010). */
function cyclesOf(graph: ReadonlyMap<string, Import[]>): string[][] {
  const index = new Map<string, number>(), low = new Map<string, number>(), stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const { path } of graph.get(file) ?? []) {
      if (!graph.has(path)) continue;
      if (!index.has(path)) visit(path);
      if (stack.includes(path)) low.set(file, Math.min(low.get(file)!, low.get(path)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) cycles.push(component.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return cycles;
}

for (const { what, pattern, allowed } of DEEDS) {
  Deno.test(`import rules: only the named files ${what}, and all of them do`, () => {
    const found = sources().filter((file) =>
      pattern.test(withoutComments(Deno.readTextFileSync(ROOT + file)))
    );
    assert.deepEqual(found.filter((file) => !allowed.some((each) => each.test(file))), []);
    assert.deepEqual(allowed.filter((each) => !found.some((file) => each.test(file))).map(String), []);
  });
}

Deno.test("import rules: no folder may import what it does not", () => {
  const unused = (may: Record<string, readonly string[]>) =>
    Object.entries(may).flatMap(([folder, targets]) =>
      targets.filter((target) =>
        ![...GRAPH].some(([file, imports]) =>
          folderOf(file) === folder && imports.some(({ path }) => folderOf(path) === target)
        )
      ).map((target) => `${folder} → ${target}`)
    );
  assert.deepEqual([...unused(MAY_IMPORT), ...unused(MAY_IMPORT_TYPES)], []);
});

Deno.test("import rules: no path is taken from an address: %20 in it is a space in the folder's name", () => {
  const taken = /import\.meta\.(url|resolve\([^)]*\))\)\.pathname|`file:\/\/\/?\$\{/;
  const files = sources([...FOLDERS, "scripts", "test", "bench"]);
  assert.ok(files.includes("scripts/compile.ts") && files.includes("test/golden.ts"));
  const own = "test/import_rules_test.ts";
  const found = files.filter((file) => file !== own && taken.test(Deno.readTextFileSync(ROOT + file)));
  assert.deepEqual(found, [], "import { fileURLToPath, pathToFileURL } from node:url");
});
