/** What the hosted machines run is what anyone can run here. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import project from "../../deno.json" with { type: "json" };
import renovate from "../../renovate.json" with { type: "json" };
import { RUNTIME_PACKAGES } from "../../scripts/self_extracting.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Workflow {
  jobs: Record<string, { steps: { name?: string; run?: string }[] }>;
}

function commandsOf(file: string): string[] {
  const { jobs } = parse(Deno.readTextFileSync(`${ROOT}.github/workflows/${file}`)) as Workflow;
  return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ? [run] : []))
    .filter((command) => !command.startsWith("git config "));
}

Deno.test("workflows: a push runs .ci/run, and keeps pictures of every screen", () => {
  const pictures = `npx -y deno@${RUNTIME_PACKAGES["x86_64-unknown-linux-gnu"]!.version} task pictures`;
  assert.deepEqual(commandsOf("ci.yml"), [".ci/run", pictures]);
});

Deno.test("workflows: a tag runs .ci/run, then makes the release twice and compares", () => {
  const [version, ci, release, again, publish] = commandsOf("release.yml");
  assert.match(version!, /^test "\$GITHUB_REF_NAME" = "v/);
  assert.equal(ci, ".ci/run");
  const command = `npx -y deno@${RUNTIME_PACKAGES["x86_64-unknown-linux-gnu"]!.version} task release`;
  assert.deepEqual([release, again], [command, `${command} --output=dist/again --compare=dist/release`]);
  assert.match(publish!, /^gh release create .* --draft /);
  assert.equal(project.tasks.release.command, "deno run --allow-all scripts/release.ts");
});

Deno.test("workflows: one version of Deno, wherever it is named, and Renovate sees each place", () => {
  const { version } = RUNTIME_PACKAGES["x86_64-unknown-linux-gnu"]!;
  const [manager] = renovate.customManagers;
  const patterns = manager!.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  const found = filesBelow("").flatMap((file) => {
    const versions = [...Deno.readTextFileSync(ROOT + file).matchAll(/npx -y deno@([\d.]+\d)/g)];
    return versions.map(([, version]) => ({ file, version: version! }));
  }).filter(({ version }) => version !== "2.8.3"); // that of .ci/denort.sh's base runtime
  assert.ok(found.length >= 5);
  for (const { file, version: named } of found) {
    assert.equal(named, version, file);
    assert.ok(patterns.some((pattern) => pattern.test(file)), `renovate.json does not look at ${file}`);
  }
});

/** Documents and scripts, which name the command that people type. */
function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = folder + name;
    if (isDirectory) {
      return /^(docs|\.ci|\.github|deploy|examples)\//.test(path + "/") ? filesBelow(path + "/") : [];
    }
    return /\.(md|yml|sh)$|Containerfile$|\.ci\/run$/.test(path) ? [path] : [];
  });
}
