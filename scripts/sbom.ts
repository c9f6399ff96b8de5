/**
 * `deno task sbom`: the software bill of materials on stdout, as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/).
 * The same sources give the same bytes: no time and no random serial number are in it.
 */

import project from "../deno.json" with { type: "json" };
import { type Dependency, readDependencies } from "./dependencies.ts";

/** The document; `runtime` is the version of Deno that the executable carries, `target` Deno's name of its platform. Pure. */
export function sbom(dependencies: readonly Dependency[], runtime: string, target: string) {
  const program = { ref: "leakwatch", version: project.version };
  const deno = {
    "bom-ref": "deno",
    type: "platform",
    name: "deno",
    version: runtime,
    purl: `pkg:github/denoland/deno@v${runtime}`,
    properties: [{ name: "leakwatch:target", value: target }],
    licenses: [{ license: { id: "MIT" } }],
    scope: "required",
  };
  const packages = dependencies.map(({ key, name, version, sha512, bundled }) => ({
    "bom-ref": key,
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content: sha512 }],
    // "excluded": not part of what is delivered; here, for the tests.
    scope: bundled ? "required" : "excluded",
  }));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        "bom-ref": program.ref,
        type: "application",
        name: "leakwatch",
        version: program.version,
        licenses: [{ license: { id: project.license } }],
      },
    },
    components: [deno, ...packages],
    dependencies: [
      { ref: program.ref, dependsOn: ["deno", ...directOf(dependencies)] },
      ...dependencies.map(({ key, dependencies }) => ({ ref: key, dependsOn: dependencies })),
    ],
  };
}

/** The bundled packages that deno.json declares. */
function directOf(dependencies: readonly Dependency[]): string[] {
  const declared = Object.values(project.imports).map((specifier) => specifier.replace(/^npm:/, ""));
  return dependencies.filter(({ name, version, bundled }) =>
    bundled && declared.includes(`${name}@${version}`)
  )
    .map(({ key }) => key);
}

if (import.meta.main) {
  console.log(JSON.stringify(sbom(await readDependencies(), Deno.version.deno, Deno.build.target), null, 2));
}
