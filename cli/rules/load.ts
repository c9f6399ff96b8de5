/** Reads a rules file for the commands that watch. */

import { safeText } from "../../model/safe_text.ts";
import { builtinRules } from "../../rules/alerts/assemble.ts";
import { MAX_RULES_BYTES } from "../../rules/alerts/rule.ts";
import type { RuleDiagnostic, RuleSet } from "../../rules/alerts/rule.ts";
import { UserError } from "../errors.ts";

/**
 * The rules in force: the built-in ones, and what the file adds to them.
 * Throws UserError `FILE:LINE: what is wrong` (the first mistake, and how many more there are).
 */
export async function loadRules(file?: string): Promise<RuleSet> {
  if (file === undefined) return builtinRules();
  const { parseRules } = await import("../../rules/alerts/parse.ts");
  const { rules, diagnostics } = parseRules(readRulesFile(file));
  if (rules) return rules;
  const [first] = diagnostics as [RuleDiagnostic];
  const more = diagnostics.length > 1
    ? ` (and ${diagnostics.length - 1} more; see all with leakwatch rules --check ${file})`
    : "";
  throw new UserError(`${diagnosticLine(file, first)}${more}`);
}

export const diagnosticLine = (file: string, { line, message }: RuleDiagnostic) =>
  safeText(`${file}:${line}: ${message}`);

/** The file's text; throws UserError where it cannot be read. */
export function readRulesFile(file: string): string {
  try {
    const info = Deno.statSync(file);
    if (info.isDirectory) throw new UserError(`cannot read rules from ${file}: it is a directory`);
    if (info.size > MAX_RULES_BYTES) {
      throw new UserError(`cannot read rules from ${file}: larger than ${MAX_RULES_BYTES / 1024} KiB`);
    }
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(`cannot read rules from ${file}: no such file`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new UserError(`cannot read rules from ${file}: permission denied`);
    }
    throw new UserError(`cannot read rules from ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
