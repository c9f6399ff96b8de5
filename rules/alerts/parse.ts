/** Reads a rules file: YAML text → a rule set, or its diagnostics by line. Pure; any text at all gives one of the two. */

import { safeText } from "../../model/safe_text.ts";
import { suggestion } from "./did_you_mean.ts";
import { assemble, type ReadFile } from "./assemble.ts";
import { fileSchema, keysAt } from "./schema.ts";
import { SINK_TYPES } from "../../model/sink_config.ts";
import { MAX_RULES_BYTES, type RuleDiagnostic, type RuleSet } from "./rule.ts";
import { Source } from "./source.ts";
import builtinText from "../builtin.yaml" with { type: "text" };

export { builtinRules } from "./assemble.ts";

/** As `rules --print` shows it; what is in force is builtin.json, the same thing without comments. */
export const BUILTIN_TEXT: string = builtinText;

export type ParsedRules = { rules: RuleSet; diagnostics?: undefined } | {
  rules?: undefined;
  diagnostics: RuleDiagnostic[];
};

/** Parses a rules file on top of the built-in rules. Mistakes come in the order of their lines. */
export function parseRules(text: string): ParsedRules {
  if (text.length > MAX_RULES_BYTES) {
    return { diagnostics: [{ line: 1, message: `larger than ${MAX_RULES_BYTES / 1024} KiB` }] };
  }
  const diagnostics: RuleDiagnostic[] = [];
  const own = readFile(text, diagnostics);
  if (!own) return { diagnostics: sorted(diagnostics) };
  const rules = assemble(own, diagnostics);
  return diagnostics.length > 0 ? { diagnostics: sorted(diagnostics) } : { rules };
}

/** A file as its schema has it; null where it has mistakes, which are added to the diagnostics. */
export function readFile(text: string, diagnostics: RuleDiagnostic[]): ReadFile | null {
  const source = new Source(text);
  if (source.diagnostics.length > 0) {
    diagnostics.push(...source.diagnostics);
    return null;
  }
  const parsed = fileSchema.safeParse(source.value ?? {});
  if (parsed.success) return { file: parsed.data, lineOf: (path) => source.lineOf(path) };
  for (const issue of parsed.error.issues) diagnostics.push(...explain(issue, source));
  return null;
}

type Issue = NonNullable<ReturnType<typeof fileSchema.safeParse>["error"]>["issues"][number];

/** Says what zod found in words of the file, with the line and the nearest valid word. */
function explain(issue: Issue, source: Source): RuleDiagnostic[] {
  const at = (path: readonly PropertyKey[]) =>
    path.reduce<unknown>(
      (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
      source.value,
    );
  const key = String(issue.path.at(-1) ?? "the file");
  const line = source.lineOf(issue.path);
  const found = at(issue.path);
  if (found === undefined && issue.path.length > 0 && !issue.code.startsWith("invalid_key")) {
    return [{ line, message: `"${key}" is missing` }];
  }
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((unknown) => ({
        line: source.lineOf([...issue.path, unknown]),
        message: `unknown key "${unknown}"${suggestion(unknown, keysAt(issue.path, found))}`,
      }));
    case "invalid_value": {
      const values = issue.values.map(String);
      return [{ line, message: `${key}: "${found}" is not valid${suggestion(String(found), values)}` }];
    }
    case "invalid_union":
      if (issue.path[0] === "sinks") {
        const type = (at(issue.path.slice(0, 2)) as { type?: unknown } | undefined)?.type;
        return [{
          line,
          message: type === undefined
            ? `a sink needs a type; valid are ${SINK_TYPES.join(", ")}`
            : `type: "${type}" is not valid${suggestion(String(type), SINK_TYPES)}`,
        }];
      }
      return [{ line, message: `${key}: must be text or a number` }];
    case "invalid_type":
      return [{ line, message: `${key}: must be ${expected(issue.expected)}, not ${kindOf(found)}` }];
    case "invalid_key":
      return [{ line, message: `"${key}" ${issue.issues[0]?.message ?? "is no valid name"}` }];
    default:
      return [{ line, message: `${key}: ${issue.message.replace(/\s+/g, " ")}` }];
  }
}

const expected = (type: string) =>
  ({ array: "a list", record: "a map", object: "a map", string: "text" })[type] ?? `a ${type}`;
const kindOf = (value: unknown) =>
  value === null
    ? "empty"
    : Array.isArray(value)
    ? "a list"
    : typeof value === "object"
    ? "a map"
    : typeof value;

/** In the order of their lines; what they quote from the file is made safe. */
function sorted(diagnostics: readonly RuleDiagnostic[]): RuleDiagnostic[] {
  return diagnostics.map(({ line, message }) => ({
    line,
    message: safeText(message.replace(/\s+/g, " "), 300),
  }))
    .sort((a, b) => a.line - b.line);
}
