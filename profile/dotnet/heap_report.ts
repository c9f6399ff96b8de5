/** What `dotnet-gcdump report` prints: live objects by type. Pure. */

import type { TypeCount } from "../type_growth.ts";

export interface HeapReport {
  types: Map<string, TypeCount>;
  /** Sum over all live objects. */
  total_bytes: number;
}

const MAX_TYPES = 200_000;
const NUMBER = String.raw`(\d[\d,.'\u00a0\u202f]*)`;
const TOTAL = new RegExp(String.raw`^\s*${NUMBER}\s+GC Heap bytes\s*$`);
/** Bytes, count, type, and the assembly in brackets. */
const ROW = new RegExp(String.raw`^\s*${NUMBER}\s+${NUMBER}\s+(\S.*?)\s*$`);

/**
 * Object bytes, count and type, one a line below "Object Bytes Count Type", as the tool's documentation shows them
 * (https://learn.microsoft.com/dotnet/core/diagnostics/dotnet-gcdump). Types of one name and several sizes ("(Bytes > 1K)") are
 * added up. null where the text is no report.
 */
export function parseHeapReport(text: string): HeapReport | null {
  const types = new Map<string, TypeCount>();
  let total: number | null = null;
  let isTable = false;
  for (const line of text.split("\n")) {
    const sum = TOTAL.exec(line);
    if (sum !== null) total = numberOf(sum[1]!);
    if (/Object Bytes\s+Count\s+Type/.test(line)) isTable = true;
    const row = isTable ? ROW.exec(line) : null;
    if (row === null) continue;
    const name = typeName(row[3]!);
    const found = types.get(name) ?? { count: 0, bytes: 0 };
    if (types.size < MAX_TYPES) types.set(name, found);
    found.bytes = found.bytes! + numberOf(row[1]!);
    found.count += numberOf(row[2]!);
  }
  return total === null || types.size === 0 ? null : { types, total_bytes: total };
}

const typeName = (text: string) =>
  text.replace(/\s*\[[^[\]]*\.(dll|exe)\]$/i, "").replace(/\s*\(Bytes > [^)]*\)$/, "");

/** Digits are grouped as the user's language has it. */
const numberOf = (text: string) => Number(text.replace(/\D/g, ""));

/** Whether a type belongs to .NET itself; arrays and strings lead every heap. */
export function isDotnetType(name: string): boolean {
  return /^(System|Microsoft|Internal|Interop)\b[.]?/.test(name) || /^<|^\[/.test(name);
}
