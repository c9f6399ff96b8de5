/** What is said of the packages in the executable: the licences and the bill of materials. */

import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { type Lock, parseDependencies, readDependencies } from "../../scripts/dependencies.ts";
import { LICENSES_FILE, licensesDocument, readLicenses } from "../../scripts/licenses.ts";
import { sbom } from "../../scripts/sbom.ts";
import { leakwatch } from "../cli/leakwatch.ts";
import { programs } from "../programs.ts";

const zeros = `sha512-${"A".repeat(86)}==`;
const LOCK: Lock = {
  npm: {
    "@scope/page@1.0.0_peer@2.0.0": { integrity: zeros, dependencies: ["peer", "width@4.2.3"] },
    "peer@2.0.0": { integrity: zeros },
    "tests@1.0.0": { integrity: zeros, dependencies: ["width@9.0.0"] },
    "width@4.2.3": { integrity: zeros },
    "width@9.0.0": { integrity: zeros },
  },
};

Deno.test("dependencies: bundled is what the program imports, and what that needs", () => {
  const all = parseDependencies(LOCK, ["@scope/page@1.0.0_peer@2.0.0"]);
  assert.deepEqual(all.map(({ name, version, bundled }) => `${name} ${version} ${bundled}`), [
    "@scope/page 1.0.0 true",
    "peer 2.0.0 true",
    "tests 1.0.0 false",
    "width 4.2.3 true",
    "width 9.0.0 false",
  ]);
  assert.deepEqual(all[0]!.dependencies, ["peer@2.0.0", "width@4.2.3"]);
  assert.equal(all[0]!.sha512, "0".repeat(128));
});

Deno.test("dependencies: a package that the lock file lacks is an error", () => {
  assert.throws(() => parseDependencies(LOCK, ["other@1.0.0"]), /deno\.lock: 0 packages for other@1\.0\.0/);
});

Deno.test("sbom: every package of the lock file, each reference resolved, the same each time", async () => {
  const dependencies = await readDependencies();
  const bill = sbom(dependencies, "2.9.6", "x86_64-unknown-linux-gnu");
  assert.deepEqual([bill.bomFormat, bill.specVersion, bill.version], ["CycloneDX", "1.6", 1]);
  const lock: Lock = JSON.parse(Deno.readTextFileSync(new URL("../../deno.lock", import.meta.url)));
  const references = bill.components.map((component) => component["bom-ref"]);
  assert.deepEqual(references.toSorted(), ["deno", ...Object.keys(lock.npm)].sort());
  assert.equal(new Set(references).size, references.length);
  for (const { ref, dependsOn } of bill.dependencies) {
    assert.ok(ref === "leakwatch" || references.includes(ref), ref);
    for (const other of dependsOn) assert.ok(references.includes(other), other);
  }
  const scopeOf = (name: string) => bill.components.find((component) => component.name === name)?.scope;
  assert.deepEqual([scopeOf("hono"), scopeOf("preact"), scopeOf("fast-check")], [
    "required",
    "required",
    "excluded",
  ]);
  const declared = Object.keys(project.imports).filter((name) => scopeOf(name) === "required");
  assert.equal(bill.dependencies[0]!.dependsOn.length, declared.length + 1); // and Deno
  assert.deepEqual(sbom(await readDependencies(), "2.9.6", "x86_64-unknown-linux-gnu"), bill);
});

Deno.test("licences: docs/licenses.md is that of the packages now bundled", async () => {
  const made = licensesDocument(await readLicenses(await readDependencies()));
  assert.ok(made === Deno.readTextFileSync(LICENSES_FILE), "out of date: run `deno task licenses`");
});

for (const program of programs()) {
  Deno.test(`licences: the program prints its own and all others (${program.name})`, async () => {
    const { code, stdout } = await leakwatch(program, ["licenses"]);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(Deno.readTextFileSync(new URL("../../LICENSE", import.meta.url))));
    assert.ok(stdout.endsWith(Deno.readTextFileSync(LICENSES_FILE)));
  });
}
