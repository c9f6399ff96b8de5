import {
  formatAmount,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatRange,
  formatRatio,
} from "../../model/format.ts";
import { safeHtml, safeMarkdown, safeText } from "../../model/safe_text.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, truncate, truncateStart, wrap } from "../../cli/report/width.ts";

const MIB = 1024 * 1024;

Deno.test("words: sizes", () => {
  const cases: [number | null, string][] = [
    [null, "?"],
    [0, "0"],
    [512, "512 B"],
    [1023.6, "1.0 KiB"],
    [318 * MIB, "318 MiB"],
    [9.96 * MIB, "10 MiB"],
    [1023.7 * MIB, "1.0 GiB"],
    [2.1 * 1024 * MIB, "2.1 GiB"],
    [15.6 * 1024 * MIB, "15.6 GiB"],
    [-3.1 * MIB, "−3.1 MiB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text);
  assert.equal(formatChange(96 * MIB), "+96 MiB");
  assert.equal(formatChange(0), "0");
  assert.equal(formatRange(88 * MIB, 104 * MIB), "88 to 104 MiB");
  assert.equal(formatRange(900 * MIB, 2048 * MIB), "900 MiB to 2.0 GiB");
});

Deno.test("words: durations in two parts", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [0.4, "0.4 s"],
    [45, "45 s"],
    [130, "2 min 10 s"],
    [300, "5 min"],
    [3599.7, "1 h"],
    [11_400, "3 h 10 min"],
    [9 * 86_400 + 4 * 3600 + 59, "9 d 4 h"],
    [2 * 366 * 86_400, "more than a year"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text, String(seconds));
});

Deno.test("words: counts, shares and amounts", () => {
  assert.equal(formatCount(812_000), "812,000");
  assert.equal(formatRatio(0.294), "29 %");
  assert.equal(formatRatio(0.0034), "0.3 %");
  assert.equal(formatRatio(null), "?");
  assert.equal(formatAmount(0.031, "percent"), "0.031 %");
  assert.equal(formatAmount(14, "count"), "14");
});

Deno.test("words: no text of any kind gets a control, a bidi mark or a broken character through", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const safe of [safeText(text), safeHtml(text), safeMarkdown(text)]) {
      assert.ok(safe.isWellFormed());
      assert.doesNotMatch(
        safe,
        /\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u,
      );
    }
    assert.doesNotMatch(safeHtml(text), /[<>"']/);
    assert.doesNotMatch(safeMarkdown(text), /[<>]|(?<!\\)(\\\\)*[|`*]/);
  }));
});

Deno.test("words: plain text stays as it is", () => {
  assert.equal(safeText("/usr/bin/naïve 漏洞 😀"), "/usr/bin/naïve 漏洞 😀");
});

Deno.test("words: cutting never leaves more columns than there are, and says where it cut", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
    const safe = safeText(text);
    for (const cut of [truncate(safe, columns), truncateStart(safe, columns)]) {
      assert.ok(displayWidth(cut) <= columns, `${displayWidth(cut)} of ${columns}`);
    }
    if (displayWidth(safe) > columns) {
      assert.ok(truncate(safe, columns).endsWith("…"));
      assert.ok(truncateStart(safe, columns).startsWith("…"));
    }
  }));
});

Deno.test("words: wrapping loses nothing", () => {
  fc.assert(fc.property(fc.lorem({ maxCount: 60 }), fc.integer({ min: 20, max: 100 }), (text, columns) => {
    const lines = wrap(text, columns);
    assert.equal(lines.join(" "), text);
    for (const line of lines) assert.ok(displayWidth(line) <= columns || !line.includes(" "));
  }));
});
