/** The report of dotnet-gcdump, as its documentation shows it. */

import assert from "node:assert/strict";
import { isDotnetType, parseHeapReport } from "../../../profile/dotnet/heap_report.ts";
import { rankTypeGrowth } from "../../../profile/type_growth.ts";

const report = (orders: number) => `
          1,603,588  GC Heap bytes
             20,487  GC Heap objects
             41,117  Total references

   Object Bytes     Count  Type
        131,096         1  System.Object[] (Bytes > 100K)  [System.Private.CoreLib.dll]
          8,536        ${orders}  Shop.Order  [shop.dll]
          1,024         4  System.Object[] (Bytes > 100)  [System.Private.CoreLib.dll]
             24     ${orders}  System.String  [System.Private.CoreLib.dll]
`;

Deno.test("dotnet-gcdump: types with bytes and counts, assemblies left out, sizes of one type added up", () => {
  const { types, total_bytes } = parseHeapReport(report(1200))!;
  assert.equal(total_bytes, 1_603_588);
  assert.deepEqual(types.get("System.Object[]"), { bytes: 132_120, count: 5 });
  assert.deepEqual(types.get("Shop.Order"), { bytes: 8536, count: 1200 });
});

Deno.test("dotnet-gcdump: the program's type leads what grows", () => {
  const growth = rankTypeGrowth(
    parseHeapReport(report(100))!.types,
    parseHeapReport(report(1200))!.types,
    isDotnetType,
  );
  assert.equal(growth[0]!.type, "Shop.Order");
  assert.equal(growth[0]!.count, 1100);
});

Deno.test("dotnet-gcdump: what is no report is none", () => {
  for (const text of ["", "Unable to create gcdump", "  5  GC Heap bytes\n"]) {
    assert.equal(parseHeapReport(text), null);
  }
});
