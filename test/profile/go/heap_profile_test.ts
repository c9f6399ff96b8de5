import assert from "node:assert/strict";
import fc from "fast-check";
import { heapGrowth, parseHeapProfile } from "../../../profile/go/heap_profile.ts";
import { sample } from "../samples.ts";

const EMPTY = { stacks: new Map(), heap_alloc_bytes: 0, collections: 0 };

Deno.test("go heap: a recorded profile is scaled from samples to bytes, with symbols", () => {
  const profile = parseHeapProfile(sample("go_heap.txt"))!;
  assert.equal(profile.heap_alloc_bytes, 12_892_416);
  const [first] = heapGrowth(EMPTY, profile);
  assert.equal(first!.stack[0], "main.openTicket /srv/leak_tickets.go:26");
  assert.equal(first!.stack.at(-1), "runtime.main /usr/lib/go-1.19/src/runtime/proc.go:250");
  // 15 samples of 1792 bytes, once every 512 KiB: each stands for 1 / (1 - e^(-1792 / 524288)) = 293 objects.
  assert.ok(Math.abs(first!.count! - 15 * 293.07) < 2, `${first!.count}`);
});

Deno.test("go heap: what did not grow is not named", () => {
  const profile = parseHeapProfile(sample("go_heap.txt"))!;
  assert.deepEqual(heapGrowth(profile, profile), []);
});

Deno.test("go heap: no other text is taken for one, and strange lines are passed over", () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseHeapProfile(text), null)));
  const header = "heap profile: 1: 2 [3: 4] @ heap/1048576\n";
  fc.assert(fc.property(fc.string(), (text) => {
    for (const { count, bytes } of parseHeapProfile(header + text)!.stacks.values()) {
      assert.ok(count >= 0 && bytes >= 0);
    }
  }));
});
