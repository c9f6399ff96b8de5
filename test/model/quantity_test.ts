/** What unit suffixes mean, in one table: as flags, in rules files, and in the headers of recorded tables. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { durationOption, sizeOption } from "../../cli/arguments/quantity.ts";
import { formatValue } from "../../model/format.ts";
import { parseQuantity } from "../../model/quantity.ts";
import { meaningOf } from "../../store/series_columns.ts";
import { MONITOR_TABLES } from "../../store/tables.ts";

const KIB = 1024, MIB = 1024 ** 2, GIB = 1024 ** 3;

/** null: not a size there. In flags and rules `kb` is decimal, as people write it; in headers `KB` is the kernel's 1,024. */
const SIZES: [
  text: string,
  flag: number | null,
  rule: number | null,
  header: string | null,
  scale: number,
][] = [
  ["16KiB", 16 * KIB, 16 * KIB, "Used_KiB", KIB],
  ["16KB", 16_000, 16_000, "Used_KB", KIB],
  ["16K", 16 * KIB, 16 * KIB, null, 1],
  ["16MiB", 16 * MIB, 16 * MIB, "Used_MiB", MIB],
  ["16MB", 16_000_000, 16_000_000, "Used_MB", MIB],
  ["16M", 16 * MIB, 16 * MIB, null, 1],
  ["1GiB", GIB, GIB, "Used_GiB", GIB],
  ["1G", GIB, GIB, null, 1],
  ["4096", 4096, 4096, "Used_Bytes", 1],
  ["1.5GiB", 1.5 * GIB, 1.5 * GIB, null, 1],
  ["16 parrots", null, null, null, 1],
];

const DURATIONS: [text: string, flag: number | null, rule: number | null][] = [
  ["90s", 90, 90],
  ["15m", 900, 900],
  ["15min", 900, 900],
  ["2h", 7200, 7200],
  ["1h30m", 5400, 5400],
  ["7d", 604_800, 604_800],
  ["soon", null, null],
];

/** What a flag's parser makes of a text; null where it refuses it. */
function asFlag(parse: (text: string) => number, text: string): number | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

for (const [text, flag, rule, header, scale] of SIZES) {
  Deno.test(`quantity: ${text} as a size`, () => {
    assert.equal(asFlag(sizeOption, text), flag);
    assert.equal(parseQuantity(text), rule);
    if (header === null) return;
    const { unit, scale: found } = meaningOf(header);
    assert.deepEqual([unit, found], ["bytes", scale], header);
  });
}

for (const [text, flag, rule] of DURATIONS) {
  Deno.test(`quantity: ${text} as a duration`, () => {
    assert.equal(asFlag(durationOption("s"), text), flag);
    assert.equal(parseQuantity(text), rule);
  });
}

Deno.test("quantity: m is minutes and M is mebibytes in a rule, and neither flag takes the other's", () => {
  assert.equal(parseQuantity("16m"), 960);
  assert.equal(parseQuantity("16M"), 16 * MIB);
  assert.equal(durationOption("m")("16"), 960);
  assert.equal(asFlag(durationOption("s"), "16MiB"), null);
  assert.equal(asFlag(sizeOption, "2h"), null);
});

Deno.test("quantity: a flag and a rule never read one text as two sizes", () => {
  const suffix = fc.constantFrom("K", "KiB", "kB", "M", "MiB", "MB", "G", "GiB", "T", "TiB", "B");
  fc.assert(fc.property(fc.integer({ min: 0, max: 4096 }), suffix, (amount, unit) => {
    assert.equal(parseQuantity(`${amount}${unit}`), sizeOption(`${amount}${unit}`));
  }));
});

Deno.test("quantity: the header of every log says what its own table says", () => {
  const units: Record<string, string> = { KB: "bytes", percent: "percent", bytes: "bytes" };
  for (const [log, table] of Object.entries(MONITOR_TABLES)) {
    for (const { name, unit } of table.columns) {
      const expected = units[unit];
      // Top_Process_Mem is the old scripts' name; stall averages are percent by their source.
      if (!expected || name === "Top_Process_Mem" || /_Avg\d+$/.test(name)) continue;
      assert.equal(meaningOf(name).unit, expected, `${log}.${name}`);
    }
  }
});

Deno.test("values: a pid is typed into a command, a count is read by a person", () => {
  assert.equal(formatValue("pid", 18_699), "18699");
  assert.equal(formatValue("zombies", 18_699), "18,699");
  assert.equal(formatValue("growth_percent", 1446.2), "1,446 %");
});
