import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { safeText } from "../../model/safe_text.ts";
import { lineFormatter, parseCsvLine, rowOf, unescapeFormula } from "../../store/csv.ts";
import { type Table, timestampColumn } from "../../store/table.ts";

const table: Table<{ name: string; size: number | null }> = {
  name: "test",
  doc: "",
  rows: "",
  columns: [
    timestampColumn(),
    { name: "Name", unit: "text", doc: "", value: ({ name }) => name },
    { name: "Size", unit: "KB", doc: "", decimals: 1, value: ({ size }) => size },
    { name: "Note", unit: "text", doc: "", value: ({ name }) => name },
  ],
};
const format = lineFormatter(table);
const anything = fc.string({ unit: "binary" });

Deno.test("csv: any name makes one line that a strict reader and our own read alike", () => {
  fc.assert(fc.property(anything, fc.option(fc.double()), (name, size) => {
    const text = format([rowOf(table, { name, size }, 1_800_000_000)]);
    assert.equal(text.indexOf("\n"), text.length - 1);
    const line = text.slice(0, -1);
    const [strict] = parse(line, { relax_quotes: false }) as string[][];
    assert.deepEqual(parseCsvLine(line), strict);
    assert.equal(unescapeFormula(strict![3]!), unescapeFormula(safeText(name)));
    assert.doesNotMatch(strict![1]!, /^[=+\-@\t\r]/);
  }));
});

Deno.test("csv: plain text is left alone, control characters are spelled out", () => {
  assert.equal(safeText("naïve 漢字 🦕"), "naïve 漢字 🦕");
  assert.equal(safeText("\x1b[2J\u202e\n\ud800"), "\\x1b[2J\\u202e\\n\\ud800");
  fc.assert(fc.property(anything, (text) => assert.equal(safeText(safeText(text)), safeText(text))));
});

Deno.test("csv: plain rows are written as the library would write them", () => {
  fc.assert(fc.property(anything, fc.constantFrom("", "=", "-", "＝", ",", '"', " "), (name, head) => {
    const row = rowOf(table, { name: head + name, size: -1 }, 0);
    const library = stringify([row], {
      escape_formulas: true,
      cast: { string: (value, { index }) => index === 2 ? { value, escape_formulas: false } : value },
    });
    assert.equal(format([row]), library);
  }));
});

Deno.test("csv: numbers are no formulas, unknown ones are empty", () => {
  const line = (size: number | null) => format([rowOf(table, { name: "a", size }, 0)]);
  assert.equal(line(-1.25), "1970-01-01T00:00:00.000Z,a,-1.3,a\n");
  assert.equal(line(null), "1970-01-01T00:00:00.000Z,a,,a\n");
  assert.equal(line(NaN), line(null));
});

Deno.test("csv: a line of any bytes is split without a throw", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ",", "a", "'") }), (line) => {
    assert.ok(parseCsvLine(line).length >= 1);
  }));
});
