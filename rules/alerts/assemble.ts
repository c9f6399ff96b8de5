/**
 * What a rules file says, with the built-in rules below it → a rule set. Needs no YAML and no schema: who watches by the built-in
 * rules, as most do, keeps neither library in memory (7 MiB).
 */

import { parseDuration, parseQuantity } from "../../model/quantity.ts";
import { methodNamed } from "../../model/profile_methods.ts";
import builtin from "../builtin.json" with { type: "json" };
import { suggestion } from "./did_you_mean.ts";
import { Compiler, ExpressionError } from "./expression.ts";
import type { QuietHours, Rule, RuleDiagnostic, RuleSet } from "./rule.ts";
import type { FileText, RuleText } from "./schema.ts";
import { compileTemplate, TemplateError } from "./template.ts";
import { type Scope, SCOPES } from "./variables.ts";

/** builtin.yaml as its schema reads it; `deno task golden` makes it. */
const BUILTIN = builtin as FileText;

export interface ReadFile {
  file: FileText;
  /** Line of the node at the path. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** The rules that leakwatch has by itself. */
export function builtinRules(): RuleSet {
  const diagnostics: RuleDiagnostic[] = [];
  const rules = assemble({ file: {}, lineOf: () => 1 }, diagnostics);
  if (diagnostics.length > 0) throw new Error(`the built-in rules are broken: ${diagnostics[0]!.message}`);
  return rules;
}

/** A file's rules on top of the built-in ones; its mistakes are added to the diagnostics. */
export function assemble(own: ReadFile, diagnostics: RuleDiagnostic[]): RuleSet {
  const useBuiltin = own.file.builtin ?? true;
  const ownRules = own.file.rules ?? [];
  const note = (path: readonly PropertyKey[], message: string) =>
    diagnostics.push({ line: own.lineOf(path), message });

  const parameters: Record<string, number> = Object.create(null);
  for (const [name, value] of Object.entries(BUILTIN.parameters ?? {})) {
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
  const builtinTexts = useBuiltin ? BUILTIN.rules ?? [] : [];
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
