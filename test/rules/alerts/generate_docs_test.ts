import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { builtinRules, parseRules } from "../../../rules/alerts/parse.ts";
import { describeRules, describeVariables } from "../../../rules/alerts/generate_docs.ts";

const PAGE = fileURLToPath(new URL("../../../docs/alerts.md", import.meta.url));

/** The page with its generated parts as they should be. */
function updated(page: string): string {
  const put = (text: string, part: string, content: string) => {
    const [begin, end] = [new RegExp(`<!-- BEGIN ${part}[^>]*-->\n`).exec(text)!, `<!-- END ${part} -->`];
    const from = begin.index + begin[0].length;
    return `${text.slice(0, from)}\n${content}\n${text.slice(text.indexOf(end))}`;
  };
  return put(put(page, "rules", describeRules(builtinRules())), "variables", describeVariables());
}

Deno.test("docs/alerts.md is what the rules say (deno task golden writes it anew)", () => {
  const page = Deno.readTextFileSync(PAGE);
  if (Deno.env.get("LEAKWATCH_GOLDEN") === "write") Deno.writeTextFileSync(PAGE, updated(page));
  else assert.ok(page === updated(page), "docs/alerts.md is out of date");
});

Deno.test("docs/alerts.md: its examples are valid rules files", () => {
  const examples = [...Deno.readTextFileSync(PAGE).matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!);
  assert.equal(examples.length, 2);
  for (const example of examples) assert.equal(parseRules(example).diagnostics, undefined, example);
});
