/** `deno task golden` begins with it: rules/builtin.yaml → rules/builtin.json, which a watch starts with. */

import { fileURLToPath } from "node:url";
import { BUILTIN_TEXT, readFile } from "../rules/alerts/parse.ts";
import type { RuleDiagnostic } from "../rules/alerts/rule.ts";

const diagnostics: RuleDiagnostic[] = [];
const read = readFile(BUILTIN_TEXT, diagnostics);
for (const { line, message } of diagnostics) console.error(`rules/builtin.yaml:${line}: ${message}`);
if (!read) Deno.exit(1);
const output = fileURLToPath(new URL("../rules/builtin.json", import.meta.url));
Deno.writeTextFileSync(output, JSON.stringify(read.file, null, 2) + "\n");
