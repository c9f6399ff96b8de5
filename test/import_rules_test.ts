/** Holds the walls of the house: who may import whom, and who may spawn, write or reach the network. */

import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url).pathname;
const FOLDERS = ["cli", "collectors", "rules", "store", "ui"];

/** Folders whose values may be imported; other folders may give types only. `cli` knows everyone. */
const VALUES_FROM: Record<string, string[]> = {
  collectors: ["collectors"],
  rules: ["rules"],
  store: ["store"],
  "ui/server": ["ui/server"],
  "ui/web": ["ui/web"],
};

/** Folders whose types may be imported too. */
const TYPES_FROM: Record<string, string[]> = {
  collectors: [],
  rules: ["collectors"],
  store: ["collectors", "rules"],
  "ui/server": ["collectors", "rules", "store"],
  "ui/web": ["ui/server"],
};

/** What only some may do: pattern in the code → files or folders that may. */
const DEEDS: { what: string; pattern: RegExp; allowed: RegExp }[] = [
  {
    what: "spawn a process",
    pattern: /new Deno\.Command\b|node:child_process/,
    allowed: /^(cli\/(journal|service_manager)\.ts|rules\/sinks\/command\.ts)$/,
  },
  {
    what: "write files",
    pattern: /Deno\.(write|mkdir|rename|remove|symlink|link|truncate|chmod|create)\w*\(/,
    allowed: /^(cli|store)\/|^rules\/sinks\//,
  },
  {
    what: "reach the network",
    pattern: /\bfetch\(|Deno\.(connect|listen|serve|createHttpClient)\w*\(/,
    allowed: /^(cli\/|ui\/|rules\/sinks\/|collectors\/engine)/,
  },
  {
    what: "read files",
    pattern: /Deno\.(read|open|stat|lstat)\w*\(/,
    allowed: /^(cli|collectors|store|ui\/server)\/|^rules\/sinks\//,
  },
  { what: "use foreign functions", pattern: /Deno\.dlopen\(/, allowed: /^collectors\/ffi\.ts$/ },
];

interface Import {
  path: string;
  isType: boolean;
}

function sources(): string[] {
  const found: string[] = [];
  const walk = (directory: string) => {
    for (const entry of Deno.readDirSync(ROOT + directory)) {
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory) walk(path);
      else if (/\.tsx?$/.test(entry.name)) found.push(path);
    }
  };
  const present = [...Deno.readDirSync(ROOT)].map((entry) => entry.name);
  FOLDERS.filter((folder) => present.includes(folder)).forEach(walk);
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

Deno.test("walls: each folder imports only from where the design lets it", () => {
  const wrong: string[] = [];
  for (const file of sources()) {
    const folder = folderOf(file);
    if (folder === "cli") continue;
    for (const { path, isType } of importsOf(file, Deno.readTextFileSync(ROOT + file))) {
      const target = folderOf(path);
      const allowed = [...VALUES_FROM[folder] ?? [folder], ...(isType ? TYPES_FROM[folder] ?? [] : [])];
      if (path !== "deno.json" && !allowed.includes(target)) wrong.push(`${file} imports ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

for (const { what, pattern, allowed } of DEEDS) {
  Deno.test(`walls: only the named files ${what}`, () => {
    const wrong = sources().filter((file) =>
      !allowed.test(file) && pattern.test(withoutComments(Deno.readTextFileSync(ROOT + file)))
    );
    assert.deepEqual(wrong, []);
  });
}
