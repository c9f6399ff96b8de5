/** The documents as one set: each has a place in the index, and every link between them leads somewhere. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Markdown files that are written for people, from the top. */
function documents(folder = ""): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = folder + name;
    if (!isDirectory) return name.endsWith(".md") ? [path] : [];
    return /^(docs|bench|examples|deploy|test\/?$|test\/end_to_end)/.test(path) ? documents(path + "/") : [];
  }).sort();
}

function linksOf(path: string): string[] {
  const text = Deno.readTextFileSync(ROOT + path).replace(/^```.*?^```/gms, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^(https?:|mailto:|#)/.test(target)).map((target) =>
    target.split("#")[0]!
  );
}

Deno.test("documents: every link between them leads to a file", () => {
  const all = documents();
  assert.ok(all.includes("README.md") && all.includes("docs/first-leak.md"));
  for (const path of all) {
    for (const target of linksOf(path)) {
      assert.ok(exists(new URL(`../${path}/../${target}`, import.meta.url)), `${path} links to ${target}`);
    }
  }
});

Deno.test("documents: docs/README.md lists every page of docs/", () => {
  const listed = new Set(
    linksOf("docs/README.md").map((target) => new URL(target, `file:///docs/`).pathname.slice(1)),
  );
  const pages = documents("docs/").filter((path) => !path.startsWith("docs/decisions/"));
  const missing = pages.filter((path) => path !== "docs/README.md" && !listed.has(path));
  assert.deepEqual(missing, [], "without an entry in docs/README.md");
});

function exists(path: URL): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
