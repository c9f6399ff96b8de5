/** Messages with values: `{memory_used_percent}` and `{parameters.memory_used_percent}` in plain text. */

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

type Part = string | { variable: string; isText: boolean } | { parameter: string };

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
    } else if (token.startsWith("{")) parts.push(placeholder(token.slice(1, -1).trim(), scope, parameters));
    else parts.push(token);
  }
  return {
    source,
    render: (context) => {
      const values = context as Record<string, unknown>;
      const line = parts.map((part) => {
        if (typeof part === "string") return part;
        if ("parameter" in part) return formatValue(part.parameter, parameters[part.parameter]!);
        const value = values[part.variable];
        return part.isText ? safeText(String(value), 500) : formatValue(part.variable, Number(value));
      }).join("");
      return safeText(line.replace(/\s+/g, " ").trim());
    },
  };
}

function placeholder(word: string, scope: Scope, parameters: Readonly<Record<string, number>>): Part {
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
