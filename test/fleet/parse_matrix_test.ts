import assert from "node:assert/strict";
import fc from "fast-check";
import { AnswerFormatError, MatrixParser } from "../../fleet/parse_matrix.ts";
import { parseNumber } from "../../fleet/parse_number.ts";

interface Parsed {
  labels: Record<string, string>;
  points: [number, number][];
  dropped: number;
}

function parse(
  chunks: readonly Uint8Array[],
): { series: Parsed[]; envelope: ReturnType<MatrixParser["end"]> } {
  const series: Parsed[] = [];
  const parser = new MatrixParser(({ labels, times, values, count, dropped }) => {
    series.push({
      labels,
      points: Array.from({ length: count }, (_, i) => [times[i]!, values[i]!]),
      dropped,
    });
  });
  for (const chunk of chunks) parser.write(chunk);
  return { series, envelope: parser.end() };
}

const bytes = (text: string) => new TextEncoder().encode(text);

function cutAt(whole: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length]!;
    chunks.push(whole.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const answer = (result: unknown, more: object = {}) =>
  JSON.stringify({ status: "success", data: { resultType: "matrix", result }, ...more });

const VALUE = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer({ min: 0, max: 2 ** 40 }).map(String),
  fc.constantFrom(
    "NaN",
    "+Inf",
    "-Inf",
    "1.5e+08",
    "1.0555e-7",
    "104857600.33333333",
    "",
    "abc",
    "1e",
    "--1",
    "1.2.3",
  ),
);
const SERIES = fc.record({
  metric: fc.dictionary(fc.string(), fc.string({ unit: "binary" }), { maxKeys: 4 }),
  values: fc.array(
    // Engines write times in milliseconds.
    fc.tuple(fc.integer({ min: 0, max: 2e12 }).map((milliseconds) => milliseconds / 1000), VALUE),
  ),
});

/** What the same answer holds to whoever parses it whole. */
function reference(series: { metric: Record<string, string>; values: [number, string][] }): Parsed | null {
  const points: [number, number][] = [];
  let dropped = 0;
  for (const [time, text] of series.values) {
    const value = /^-?\d/.test(text) || /^-?\.\d/.test(text) ? Number(text) : NaN;
    if (!Number.isFinite(value) || (points.length > 0 && time <= points.at(-1)![0])) dropped++;
    else points.push([time, value]);
  }
  return points.length + dropped === 0 ? null : { labels: series.metric, points, dropped };
}

// Below that a double itself has fewer digits.
const close = (a: number, b: number) => Math.abs(a - b) <= 4e-15 * Math.abs(b) + 1e-290;

Deno.test("parse matrix: however the answer is cut, it holds what JSON.parse finds in it", () => {
  const property = fc.property(
    fc.array(SERIES, { maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
    fc.boolean(),
    (result, sizes, spaced) => {
      const whole = { status: "success", data: { resultType: "matrix", result }, warnings: ["slow"] };
      const { series, envelope } = parse(cutAt(bytes(JSON.stringify(whole, null, spaced ? 2 : 0)), sizes));
      const expected = JSON.parse(JSON.stringify(result)).map(reference).filter((each: Parsed | null) =>
        each !== null
      );
      assert.equal(series.length, expected.length);
      series.forEach((each, i) => {
        assert.deepEqual(each.labels, expected[i].labels);
        assert.equal(each.dropped, expected[i].dropped);
        assert.equal(each.points.length, expected[i].points.length);
        each.points.forEach(([time, value], k) => {
          assert.ok(close(time, expected[i].points[k][0]), `${time}`);
          assert.ok(close(value, expected[i].points[k][1]), `${value} ${expected[i].points[k][1]}`);
        });
      });
      assert.equal(envelope.status, "success");
      assert.deepEqual(envelope.warnings, ["slow"]);
      assert.ok(envelope.is_complete);
    },
  );
  fc.assert(property, { numRuns: 300 });
});

Deno.test("parse matrix: numbers are right to fifteen digits, whole ones exactly", () => {
  const numberOf = (text: string) => parseNumber(bytes(text), 0, text.length);
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (value) => close(numberOf(String(value)), value),
    ),
  );
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => {
    if (Math.abs(value) < 2 ** 53 / 10) assert.equal(numberOf(String(value)), value === 0 ? 0 : value);
  }));
  for (const text of ["NaN", "+Inf", "-Inf", "", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", "1 2"]) {
    assert.ok(Number.isNaN(numberOf(text)), text);
  }
});

Deno.test("parse matrix: a vector's series have one point", () => {
  const text = JSON.stringify({
    status: "success",
    isPartial: true,
    data: { resultType: "vector", result: [{ metric: { pod: "a" }, value: [1700000000.5, "12.5"] }] },
  });
  const { series, envelope } = parse([bytes(text)]);
  assert.deepEqual(series, [{ labels: { pod: "a" }, points: [[1700000000.5, 12.5]], dropped: 0 }]);
  assert.ok(envelope.is_partial);
});

Deno.test("parse matrix: an error is told, and so is an answer that broke off", () => {
  const error = parse([bytes('{"status":"error","errorType":"bad_data","error":"parse error"}')]).envelope;
  assert.deepEqual([error.status, error.error_type, error.error], ["error", "bad_data", "parse error"]);
  const whole = answer([{ metric: { a: "b" }, values: [[1, "1"], [2, "2"]] }]);
  for (let length = 1; length < whole.length; length++) {
    assert.equal(parse([bytes(whole.slice(0, length))]).envelope.is_complete, false, whole.slice(0, length));
  }
});

Deno.test("parse matrix: what is no such answer is refused", () => {
  for (
    const text of [
      "<html>",
      "[]",
      "ok",
      '{"data":{"result":[1]}}',
      '{"data":{"result":[{"values":[1]}]}}',
      "{x}",
      "",
      " ",
    ]
  ) {
    assert.throws(() => parse([bytes(text)]), AnswerFormatError, text);
  }
});

Deno.test("parse matrix: a label of megabytes is refused before it fills the memory", () => {
  const chunks = [
    bytes('{"status":"success","data":{"result":[{"metric":{"a":"'),
    ...Array.from({ length: 40 }, () => bytes("x".repeat(10_000))),
  ];
  assert.throws(() => parse(chunks), AnswerFormatError);
});
