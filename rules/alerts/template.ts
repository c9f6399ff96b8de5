/**
 * Messages with values: `{memory_used_percent}` and `{parameters.memory_used_percent}` in plain text; `{zombies|zombie|zombies}` is
 * the first word where the value is shown as 1, else the second.
 */

import { formatValue } from "../../model/format.ts";
import { safeText } from "../../model/safe_text.ts";
import type { Context } from "./expression.ts";
import { suggestion } from "./did_you_mean.ts";
import { type Scope, VARIABLES } from "./variables.ts";

export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

export interface Template {
  source: string;
  /** The text with the subject's values, on one printable line. */
  render(context: Context): string;
}

type Value = { variable: string; isText: boolean } | { parameter: string };
type Part = string | Value | { counted: Value; one: string; many: string };

/** Parses a template of one scope; throws TemplateError naming the unknown word. `{{` stands for a brace. */
export function compileTemplate(
  source: string,
  scope: Scope,
  parameters: Readonly<Record<string, number>>,
): Template {
  const parts: Part[] = [];
  for (const [token] of source.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (token === "{{" || token === "}}") parts.push(token[0]!);
    else if (token === "{" || token === "}") {
      throw new TemplateError(`"${token}" without its partner; write "${token}${token}" for a brace`);
    } else if (token.startsWith("{")) parts.push(placeholder(token.slice(1, -1), scope, parameters));
    else parts.push(token);
  }
  return {
    source,
    render: (context) => {
      const values = context as Record<string, unknown>;
      const show = (shown: Value) => {
        if ("parameter" in shown) return formatValue(shown.parameter, parameters[shown.parameter]!);
        const value = values[shown.variable];
        return shown.isText ? safeText(String(value), 500) : formatValue(shown.variable, Number(value));
      };
      const line = parts.map((part) => {
        if (typeof part === "string") return part;
        return "counted" in part ? show(part.counted) === "1" ? part.one : part.many : show(part);
      }).join("");
      return safeText(line.replace(/\s+/g, " ").trim());
    },
  };
}

function placeholder(text: string, scope: Scope, parameters: Readonly<Record<string, number>>): Part {
  const [name, one, many, ...more] = text.split("|");
  const value = valueOf(name!.trim(), scope, parameters);
  if (one === undefined) return value;
  if (many === undefined || more.length > 0) {
    throw new TemplateError(`"{${text}}" is no plural; write "{${name!.trim()}|ONE|MANY}"`);
  }
  if ("isText" in value && value.isText) throw new TemplateError(`"${value.variable}" is text, not a count`);
  return { counted: value, one, many };
}

function valueOf(word: string, scope: Scope, parameters: Readonly<Record<string, number>>): Value {
  if (word.startsWith("parameters.")) {
    const parameter = word.slice("parameters.".length);
    if (Object.hasOwn(parameters, parameter)) return { parameter };
    throw new TemplateError(
      `unknown parameter "${parameter}"${suggestion(parameter, Object.keys(parameters))}`,
    );
  }
  if (!Object.hasOwn(VARIABLES[scope], word)) {
    throw new TemplateError(
      `scope ${scope} has no "${word}"${suggestion(word, Object.keys(VARIABLES[scope]))}`,
    );
  }
  return { variable: word, isText: VARIABLES[scope][word]!.type === "text" };
}
