import assert from "node:assert/strict";
import { declaredCeiling, type DeclaredLimit, fullAt } from "../../model/declared_limit.ts";

const MIB = 1024 * 1024;

const limit = (some: Partial<DeclaredLimit>): DeclaredLimit => ({
  bytes: 100 * MIB,
  name: "maxmemory",
  what: "memory",
  source: "command line",
  is_default: false,
  overhead_ratio: 0.25,
  overhead_bytes: 10 * MIB,
  fills_up: true,
  shape: "",
  ...some,
});

Deno.test("declaredCeiling: the cap and what may lie above it", () => {
  assert.equal(declaredCeiling([limit({})]), 135 * MIB);
  assert.equal(declaredCeiling([]), null);
});

Deno.test("declaredCeiling: declared parts add up, a part's default does not", () => {
  const heap = limit({ what: "heap", overhead_ratio: 0, overhead_bytes: 0 });
  const direct = { ...heap, what: "direct" } as const;
  assert.equal(declaredCeiling([heap, { ...direct, is_default: true }]), 100 * MIB);
  assert.equal(declaredCeiling([heap, direct]), 200 * MIB);
});

Deno.test("declaredCeiling: a shared segment, a file and one request are no cap on the process", () => {
  for (const what of ["shared", "file", "request"] as const) {
    assert.equal(declaredCeiling([limit({ what })]), null);
  }
});

Deno.test("declaredCeiling: a cap that is only an end excuses no growth", () => {
  assert.equal(declaredCeiling([limit({ what: "heap", fills_up: false })]), null);
});

Deno.test("fullAt: part of a sentence", () => {
  assert.equal(fullAt(limit({ what: "heap", name: "-Xmx", bytes: 256 * MIB })), "heap full at -Xmx 256 MiB");
  assert.equal(fullAt(limit({ bytes: 48 * MIB })), "full at maxmemory 48 MiB");
  assert.equal(
    fullAt(limit({ what: "heap", name: "-Xmx", is_default: true, bytes: 4096 * MIB })),
    "heap full at its default -Xmx 4.0 GiB",
  );
});
