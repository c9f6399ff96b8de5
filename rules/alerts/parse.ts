/** Reads a rules file: YAML text → a rule set, or its diagnostics by line. Pure; any text at all gives one of the two. */

import { parseDuration, parseQuantity } from "../../model/quantity.ts";
import { methodNamed } from "../../model/profile_methods.ts";
import { safeText } from "../../model/safe_text.ts";
import { Compiler, ExpressionError } from "./expression.ts";
import { suggestion } from "./did_you_mean.ts";
import { compileTemplate, TemplateError } from "./template.ts";
import { fileSchema, type FileText, keysAt, type RuleText } from "./schema.ts";
import { SINK_TYPES } from "../../model/sink_config.ts";
import type { QuietHours, Rule, RuleDiagnostic, RuleSet } from "./rule.ts";
import { Source } from "./source.ts";
import { type Scope, SCOPES } from "./variables.ts";
import builtinText from "../builtin.yaml" with { type: "text" };

export const BUILTIN_TEXT: string = builtinText;

/** 500 rules fill half of it; a mebibyte would hold a watch up for seconds. */
export const MAX_RULES_BYTES = 256 * 1024;

export type ParsedRules = { rules: RuleSet; diagnostics?: undefined } | {
  rules?: undefined;
  diagnostics: RuleDiagnostic[];
};

interface Read {
  source: Source;
  file: FileText;
}

/** The rules that leakwatch has by itself. */
export function builtinRules(): RuleSet {
  const { rules, diagnostics } = parseRules("");
  if (diagnostics) throw new Error(`the built-in rules are broken: ${diagnostics[0]?.message}`);
  return rules;
}

/** Parses a rules file on top of the built-in rules. Mistakes come in the order of their lines. */
export function parseRules(text: string): ParsedRules {
  if (text.length > MAX_RULES_BYTES) {
    return { diagnostics: [{ line: 1, message: `larger than ${MAX_RULES_BYTES / 1024} KiB` }] };
  }
  const diagnostics: RuleDiagnostic[] = [];
  const own = readFile(text, diagnostics);
  const builtin = readFile(BUILTIN_TEXT, diagnostics);
  if (!own || !builtin) return { diagnostics: sorted(diagnostics) };
  const rules = assemble(own, builtin, diagnostics);
  return diagnostics.length > 0 ? { diagnostics: sorted(diagnostics) } : { rules };
}

function readFile(text: string, diagnostics: RuleDiagnostic[]): Read | null {
  const source = new Source(text);
  if (source.diagnostics.length > 0) {
    diagnostics.push(...source.diagnostics);
    return null;
  }
  const parsed = fileSchema.safeParse(source.value ?? {});
  if (parsed.success) return { source, file: parsed.data };
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

function assemble(own: Read, builtin: Read, diagnostics: RuleDiagnostic[]): RuleSet {
  const useBuiltin = own.file.builtin ?? true;
  const ownRules = own.file.rules ?? [];
  const note = (path: readonly PropertyKey[], message: string) =>
    diagnostics.push({ line: own.source.lineOf(path), message });

  const parameters: Record<string, number> = Object.create(null);
  for (const [name, value] of Object.entries(builtin.file.parameters ?? {})) {
    parameters[name] = parseQuantity(value)!;
  }
  const known = Object.keys(parameters);
  const mentioned = JSON.stringify(ownRules);
  for (const [name, value] of Object.entries(own.file.parameters ?? {})) {
    const quantity = parseQuantity(value);
    if (quantity === null) {
      note(["parameters", name], `${name}: "${value}" is no number, size, duration or percentage`);
    } else if (!known.includes(name) && !mentioned.includes(`parameters.${name}`)) {
      note(["parameters", name], `unknown parameter "${name}"${suggestion(name, known)}`);
    } else if (name === "growth_period_seconds" && quantity < 10) {
      note(["parameters", name], "growth_period_seconds: must be at least 10 s");
    } else parameters[name] = quantity;
  }

  const names = ownRules.map((rule) => rule.name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) note(["rules", index, "name"], `duplicate rule name "${name}"`);
  });
  const builtinTexts = useBuiltin ? builtin.file.rules ?? [] : [];
  const all = [...builtinTexts.map((rule) => rule.name), ...names];
  const disabled = own.file.disable ?? [];
  disabled.forEach((name, index) => {
    if (!all.includes(name)) note(["disable", index], `no rule is called "${name}"${suggestion(name, all)}`);
  });

  const compilers = new Map<Scope, Compiler>(SCOPES.map((scope) => [scope, new Compiler(scope, parameters)]));
  const rules: Rule[] = [];
  for (const text of builtinTexts) {
    if (names.includes(text.name) || disabled.includes(text.name)) continue;
    // A rule of ours can only be wrong through a parameter of the user's; the test suite compiles them all.
    rules.push(
      compileRule(
        text,
        "built-in",
        compilers.get(text.scope)!,
        (_, message) => note(["parameters"], message),
      ),
    );
  }
  ownRules.forEach((text, index) => {
    const rule = compileRule(
      text,
      "file",
      compilers.get(text.scope)!,
      (key, message) => note(["rules", index, key], message),
    );
    if (!disabled.includes(text.name)) rules.push(rule);
  });

  return {
    rules,
    parameters: { ...parameters },
    quiet_hours: quietHours(own.file, note),
    profile: profileMethods(own.file),
    sinks: sinks(own.file, note),
  };
}

function profileMethods(file: FileText): RuleSet["profile"] {
  const methods: RuleSet["profile"] = Object.create(null);
  for (const [program, words] of Object.entries(file.profile ?? {})) {
    methods[program] = [...new Set(words.map(methodNamed))];
  }
  return methods;
}

type Note = (path: readonly PropertyKey[], message: string) => void;

function compileRule(
  text: RuleText,
  origin: Rule["origin"],
  compiler: Compiler,
  note: (key: string, message: string) => void,
): Rule {
  const attempt = <T>(key: string, make: () => T): T => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ExpressionError || error instanceof TemplateError)) throw error;
      note(key, `${key}: ${error.message}`);
      return undefined as T;
    }
  };
  const seconds = (key: "for" | "keep_firing_for"): number => {
    const value = text[key] ?? 0;
    const parsed = parseDuration(value);
    if (parsed === null) note(key, `${key}: "${value}" is no duration; write 90s, 15m or 2h`);
    return parsed ?? 0;
  };
  const optional = (key: "until" | "value" | "threshold", wanted: "bool" | "number") => {
    const source = text[key];
    return source === undefined ? null : attempt(key, () => compiler.compile(source, wanted));
  };
  return {
    name: text.name,
    scope: text.scope,
    origin,
    when: attempt("when", () => compiler.compile(text.when, "bool")),
    until: optional("until", "bool"),
    for_seconds: seconds("for"),
    keep_firing_seconds: seconds("keep_firing_for"),
    severity: text.severity,
    message: attempt("message", () => compileTemplate(text.message, text.scope, compiler.parameters)),
    next_step: attempt("next_step", () => compileTemplate(text.next_step, text.scope, compiler.parameters)),
    value: optional("value", "number"),
    threshold: optional("threshold", "number"),
  };
}

function quietHours(file: FileText, note: Note): QuietHours[] {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return (file.quiet_hours ?? []).map((quiet, index) => {
    if (quiet.from === quiet.to) note(["quiet_hours", index], "from and to are the same time");
    return {
      from_minute: minutes(quiet.from),
      to_minute: minutes(quiet.to),
      days: quiet.days ?? [],
      severities: quiet.severities ?? ["info", "warning"],
    };
  });
}

function sinks(file: FileText, note: Note): RuleSet["sinks"] {
  const seen = new Set<string>();
  file.sinks?.forEach((sink, index) => {
    const name = sink.name ?? sink.type;
    if (seen.has(name)) {
      note(["sinks", index], `a second sink is called "${name}"; give it a name of its own`);
    }
    seen.add(name);
    for (const key of ["timeout", "resend"] as const) {
      const value = (sink as Record<string, unknown>)[key];
      if (value === undefined) continue;
      const seconds = parseDuration(value as string | number);
      if (seconds === null || seconds < 1 || seconds > 86_400) {
        note(["sinks", index, key], `${key}: "${value}" is no duration of 1 s to 1 day; write 10s or 1m`);
      }
    }
  });
  return file.sinks ?? null;
}

/** In the order of their lines; what they quote from the file is made safe. */
function sorted(diagnostics: readonly RuleDiagnostic[]): RuleDiagnostic[] {
  return diagnostics.map(({ line, message }) => ({
    line,
    message: safeText(message.replace(/\s+/g, " "), 300),
  }))
    .sort((a, b) => a.line - b.line);
}
