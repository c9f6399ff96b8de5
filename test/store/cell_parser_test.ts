import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "csv-parse/sync";
import {
  MISSING_CELL,
  NUMBER_CELL,
  parseCell,
  parsed,
  parseTime,
  TEXT_CELL,
} from "../../store/cell_parser.ts";
import { CsvRecordError, parseCsvRecord } from "../../store/csv_record.ts";
import { LineSplitter } from "../../store/line_splitter.ts";
import { SeriesPoints } from "../../store/series_points.ts";

const bytesOf = (text: string) => new TextEncoder().encode(`x${text}x`);
const cell = (text: string) => {
  const bytes = bytesOf(text);
  const kind = parseCell(bytes, 1, bytes.length - 1);
  return kind === NUMBER_CELL ? parsed.number : kind;
};
const time = (text: string) => {
  const bytes = bytesOf(text);
  return parseTime(bytes, 1, bytes.length - 1);
};

Deno.test("cells: a number is what Number() makes of it, to the last bit", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    assert.equal(cell(String(value)), Number(String(value)));
  }));
  fc.assert(fc.property(fc.stringMatching(/^-?\d{1,18}(\.\d{0,18})?$/), (text) => {
    assert.equal(cell(text), Number(text));
  }));
  for (const text of ["+1", " 7 ", "1e3", ".5", "-.5", "5.", "1E-7"]) assert.equal(cell(text), Number(text));
});

Deno.test("cells: what is missing, and what is text", () => {
  const kind = (text: string) => parseCell(bytesOf(text), 1, bytesOf(text).length - 1);
  for (const text of ["", "NaN", "null", "None", "n/a", "-", "+Inf", "-inf"]) {
    assert.equal(kind(text), MISSING_CELL, text);
  }
  for (const text of ["x", "1x", "--1", "1-", "0x10", "1,2", ".", "1.2.3", "\u0661"]) {
    assert.equal(kind(text), TEXT_CELL, text);
  }
});

Deno.test("times: RFC 3339 in UTC is what Date.parse makes of it", () => {
  const days = { min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true };
  fc.assert(fc.property(fc.date(days), (date) => {
    const iso = date.toISOString();
    assert.ok(Math.abs(time(iso) - date.getTime() / 1000) < 1e-3);
    assert.equal(time(iso.replace(/\.\d+/, "")), Math.floor(date.getTime() / 1000));
  }));
  for (
    const text of ["2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", "yesterday", ""]
  ) {
    const wanted = Date.parse(text) / 1000;
    assert.equal(Number.isNaN(time(text)), Number.isNaN(wanted), text);
  }
});

Deno.test("records: as csv-parse reads them, or refused as it refuses them", () => {
  const text = fc.array(fc.constantFrom("a", '"', ",", " ", "ß", '""', '","'), { maxLength: 12 }).map((
    parts,
  ) => parts.join("")).filter((line) => line.trim() !== "");
  fc.assert(
    fc.property(text, (line) => {
      let wanted: string[] | string;
      try {
        wanted = (parse(line, { relax_column_count: true }) as string[][])[0]!;
      } catch (error) {
        wanted = (error as { code: string }).code;
      }
      let got: string[] | null | string;
      try {
        got = parseCsvRecord(line, ",");
      } catch (error) {
        assert.ok(error instanceof CsvRecordError);
        got = "refused";
      }
      if (Array.isArray(wanted)) assert.deepEqual(got, wanted);
      else {assert.ok(
          got === (wanted === "CSV_QUOTE_NOT_CLOSED" ? null : "refused") || got === null,
          `${line}: ${wanted}`,
        );}
    }),
    { numRuns: 2000 },
  );
});

Deno.test("lines: however the bytes are cut into chunks, the lines are the same; overlong ones are told of once", () => {
  const line = fc.oneof(fc.string({ maxLength: 20 }), fc.constant("y".repeat((1 << 20) + 1)));
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.array(fc.nat(5_000_000), { maxLength: 6 }),
      (lines, cuts) => {
        const clean = lines.map((each) => each.replaceAll("\n", ""));
        const bytes = new TextEncoder().encode(clean.map((each) => each + "\n").join(""));
        const splitter = new LineSplitter(), got: string[] = [];
        let overlong = 0;
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        for (let i = 1; i < at.length; i++) {
          const chunk = bytes.slice(at[i - 1], at[i]);
          splitter.push(
            chunk,
            (part, start, end) => got.push(new TextDecoder().decode(part.subarray(start, end))),
            () => overlong++,
          );
          chunk.fill(0); // its buffer is used again
        }
        assert.deepEqual(got, clean.filter((each) => new TextEncoder().encode(each).length <= 1 << 20));
        assert.equal(overlong, clean.length - got.length);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("points: a long series is thinned evenly, in the order of time", () => {
  const points = new SeriesPoints(1);
  for (let i = 0; i < 300_000; i++) points.push(new Float64Array([i, 2 * i]));
  points.sort();
  const { times_seconds, values } = points.series(1, 3);
  assert.ok(times_seconds.length > 30_000 && times_seconds.length <= 65_536);
  const step = times_seconds[1]! - times_seconds[0]!;
  times_seconds.forEach((time, i) => assert.deepEqual([time, values[i]], [i * step, 6 * i * step]));
});
