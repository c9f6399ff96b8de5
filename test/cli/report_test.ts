import { safeText } from "../../model/safe_text.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Analysis } from "../../cli/analyze/model.ts";
import { renderReport, type ReportFormat } from "../../cli/report/mod.ts";
import { displayWidth } from "../../cli/report/width.ts";
import { assertGolden } from "../golden.ts";
import { analysisSchema } from "./analysis_schema.ts";
import { anAnalysis } from "./report_sample.ts";

const HOSTILE = "$(rm -rf)\n\"=cmd|'/c calc'!A1<script>";
const FORMATS: ReportFormat[] = ["text", "json", "markdown", "html"];

const render = (analysis: Analysis, format: ReportFormat, color = false) =>
  renderReport(analysis, format, { top: 15, color });

Deno.test("report: a machine in trouble, in text and in Markdown", () => {
  const withoutVersion = (text: string) => text.replace(/leakwatch \d+\.\d+\.\d+/, "leakwatch VERSION");
  assertGolden("report/trouble.txt", withoutVersion(render(anAnalysis("java"), "text")));
  assertGolden("report/trouble.md", withoutVersion(render(anAnalysis("java"), "markdown")));
});

Deno.test("report: the first lines tell who leaks, how fast, until when, and what to type", () => {
  const [heading, ...rest] = render(anAnalysis("java"), "text").split("\n");
  const first = rest[rest.indexOf("") + 1];
  assert.match(
    heading!,
    /^leakwatch .* on java · Linux 6\.12\.1 · up 1 d 1 h · 5 min watched, 61 samples · root/,
  );
  assert.match(
    first!,
    /^LEAK {4}java \(812, app\.service\) grows 96 MiB\/h, 97 % sure\. Memory full in about 3 h 30 min\.$/,
  );
  const next = rest.find((line) => line.includes("→"));
  assert.equal(
    next,
    "        → look: jcmd 812 GC.class_histogram | head -40   # twice, ten minutes apart, and compare",
  );
});

Deno.test("report: the JSON keeps its schema", () => {
  analysisSchema.parse(JSON.parse(render(anAnalysis("java"), "json")));
});

Deno.test("report: a hostile name passes through every format unharmed", () => {
  const analysis = anAnalysis(HOSTILE);
  const shown = safeText(HOSTILE);
  assert.equal(shown, "$(rm -rf)\\n\"=cmd|'/c calc'!A1<script>");

  const text = render(analysis, "text");
  assert.ok(text.includes(shown), "the name is there, written out");
  assert.equal(
    text,
    render(anAnalysis(shown), "text"),
    "and does nothing that its written-out form would not do",
  );

  const json = JSON.parse(render(analysis, "json"));
  assert.equal(json.processes[0].name, HOSTILE, "JSON gives the very same name back");

  const markdown = render(analysis, "markdown");
  assert.ok(!/<script|(?<!\\)\|'/.test(markdown), "no tag, no bar that would end a cell");
  for (const row of markdown.split("\n").filter((line) => line.startsWith("| 812"))) {
    const bars = row.match(/(?<!\\)\|/g)!.length;
    const head = markdown.slice(0, markdown.indexOf(row)).split("\n").findLast((line) =>
      line.startsWith("| PID")
    )!;
    assert.equal(bars, head.match(/\|/g)!.length, row);
  }

  const html = render(analysis, "html");
  assert.ok(!html.includes("<script"), "no script element");
  assert.ok(html.includes("&lt;script&gt;"));
});

Deno.test("report: nothing of a name can move the cursor, turn the writing or hide", () => {
  const nasty = "a\x1b[2Jb\u202Ec\u200Bd\x9b31me\rf\ud800g\u2028h";
  for (const format of FORMATS) {
    const output = render(anAnalysis(nasty), format);
    const bare = output.replaceAll("\n", "");
    for (const character of bare) {
      const code = character.codePointAt(0)!;
      assert.ok(code >= 0x20 && !(code >= 0x7f && code <= 0x9f), `${format}: control ${code.toString(16)}`);
      assert.ok(!"\u202e\u200b\u2028\ud800".includes(character), `${format}: ${code.toString(16)}`);
    }
  }
});

Deno.test("report: any name at all keeps text within 100 columns and tables in line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (name) => {
      const text = render(anAnalysis(name), "text");
      for (const line of text.split("\n")) {
        // A command or a single word that is longer is left whole: it is there to be copied.
        if (line.includes("→") || !line.trim().includes(" ")) continue;
        assert.ok(displayWidth(line) <= 100 || /^\s*\S{80,}/.test(line), `${displayWidth(line)}: ${line}`);
      }
      analysisSchema.parse(JSON.parse(render(anAnalysis(name), "json")));
      assert.ok(!/<(script|img|svg on)/i.test(render(anAnalysis(`<img ${name}<script>`), "markdown")));
    }),
    { numRuns: 60 },
  );
});

Deno.test("report: wide characters take two columns", () => {
  const text = render(anAnalysis("漏洞進程監視器漏洞進程監視器"), "text");
  const row = text.split("\n").find((line) => /^ *812 {2}漏/.test(line))!;
  const steady = text.split("\n").find((line) => /^ *900 {2}steady/.test(line))!;
  const column = (line: string) => displayWidth(line.slice(0, line.indexOf("app")));
  assert.equal(column(row), column(steady), "what stands behind the name is aligned");
});

Deno.test("report: colours only where they are asked for, and then only on words", () => {
  const plain = render(anAnalysis("java"), "text");
  const colored = render(anAnalysis("java"), "text", true);
  assert.ok(!plain.includes("\x1b"));
  assert.ok(colored.includes("\x1b[1m"));
  // deno-lint-ignore no-control-regex
  assert.equal(colored.replace(/\x1b\[[0-9;]*m/g, ""), plain);
});

Deno.test("report: the HTML asks nobody for anything and draws the window", () => {
  const html = render(anAnalysis("java"), "html");
  assert.doesNotMatch(html, /(src|href)=|url\(|@import|<link|<iframe/i);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  assert.match(html, /<svg [^>]*role="img"/);
  assert.match(html, /prefers-color-scheme: dark/);
  assert.match(html, /@media print/);
});
