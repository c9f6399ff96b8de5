import project from "../deno.json" with { type: "json" };

export const VERSION: string = project.version;

/** "leakwatch 0.2.0 (Deno 2.9.6, x86_64-unknown-linux-gnu)". */
export function versionLine(): string {
  return `leakwatch ${VERSION} (Deno ${Deno.version.deno}, ${Deno.build.target})`;
}
