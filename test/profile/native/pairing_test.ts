/** perf's text as events, and events as what is left: on recorded text, and on made-up programs whose truth is known. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { AllocationPairer } from "../../../profile/native/pair_allocations.ts";
import { MappingPairer } from "../../../profile/native/pair_mappings.ts";
import { type PerfEvent, PerfScriptParser } from "../../../profile/native/perf_script.ts";
import { frameText } from "../../../profile/native/stacks.ts";

function eventsOf(text: string): { events: PerfEvent[]; lost: number } {
  const events: PerfEvent[] = [];
  const parser = new PerfScriptParser((event) => events.push(event));
  text.split("\n").forEach((line) => parser.line(line));
  parser.end();
  return { events, lost: parser.lost_events };
}

const recorded = (name: string) => eventsOf(Deno.readTextFileSync(new URL(name, import.meta.url)));

Deno.test("perf script: events with and without stacks, and what was lost", () => {
  const { events, lost } = recorded("perf_script_malloc.txt");
  assert.equal(lost, 13);
  const malloc = events.find(({ name, details }) =>
    name === "leakwatch_rec:malloc_0" && details.includes("size=4096")
  )!;
  assert.deepEqual(malloc.frames.slice(0, 3).map(({ symbol }) => symbol), [
    "malloc",
    "remember_session",
    "handle_request",
  ]);
  assert.equal(frameText(malloc.frames[1]!), "remember_session (leak)");
  assert.ok(events.filter(({ name }) => name.endsWith("_ret")).every(({ frames }) => frames.length === 0));
  assert.ok(events.every(({ time_seconds }, at) => at === 0 || time_seconds >= events[at - 1]!.time_seconds));
});

Deno.test("perf script: frames of C++, of nameless code and of deleted files", () => {
  const { events } = eventsOf(
    "  7/8  12.5: page-faults:u:\n" +
      "\t  10f3 std::vector<int, std::allocator<int> >::push_back(int const&) (/srv/a b/libx.so)\n" +
      "\t  99 [unknown] (/srv/app (deleted))\n" +
      "\t 7f00 operator() ([heap])\n\n",
  );
  assert.equal(events.length, 1);
  assert.deepEqual(events[0]!.frames.map(({ symbol, dso }) => [symbol, dso]), [
    ["std::vector<int, std::allocator<int> >::push_back(int const&)", "/srv/a b/libx.so"],
    [null, "/srv/app (deleted)"],
    ["operator()", "[heap]"],
  ]);
});

Deno.test("allocations: of a recording, the leak and the cache are left, the churn is not", () => {
  const pairer = new AllocationPairer();
  recorded("perf_script_malloc.txt").events.forEach((event) => pairer.add(event));
  const left = pairer.outstanding();
  const functions = left.map(({ stack }) => pairer.stacks.get(stack).map(({ symbol }) => symbol));
  assert.ok(functions[0]!.includes("remember_session"));
  assert.equal(left[0]!.live_bytes, left[0]!.count * 4096);
  // The recording ends in the middle of a request: one block of the churn may be on its way.
  const churn = left.filter((_, at) => functions[at]!.includes("healthy_churn"));
  assert.ok(churn.reduce((sum, { count }) => sum + count, 0) <= 1);
});

Deno.test("mappings: of a recording, what was mapped and not unmapped", () => {
  const pairer = new MappingPairer();
  recorded("perf_script_mmap.txt").events.forEach((event) => pairer.add(event));
  const left = pairer.outstanding();
  assert.ok(left.length >= 4);
  for (const { begin, end, stack } of left) {
    assert.equal(end - begin, 256 * 1024);
    assert.ok(pairer.stacks.get(stack).some(({ symbol }) => symbol === "render_frame"));
  }
});

const event = (name: string, details: string, tid = 1): PerfEvent => ({
  pid: 1,
  tid,
  time_seconds: 0,
  name,
  details,
  frames: [{ offset: name, symbol: details, dso: "/app" }],
});

function left(events: PerfEvent[]): [number, number][] {
  const pairer = new AllocationPairer();
  events.forEach((one) => pairer.add(one));
  return pairer.outstanding().map(({ live_bytes, count }) => [live_bytes, count]);
}

Deno.test("allocations: nested calls belong to the outer one, calloc multiplies, realloc moves", () => {
  assert.deepEqual(
    left([
      event("g:malloc_4", "size=100"), // operator new
      event("g:malloc_0", "size=100"),
      event("g:malloc_0_ret", "ptr=0x10"),
      event("g:malloc_4_ret", "ptr=0x10"),
    ]),
    [[100, 1]],
  );
  assert.deepEqual(left([event("g:calloc_2", "count=3 size=50"), event("g:calloc_2_ret", "ptr=0x10")]), [[
    150,
    1,
  ]]);
  const held = [event("g:malloc_0", "size=10"), event("g:malloc_0_ret", "ptr=0x10")];
  assert.deepEqual(
    left([...held, event("g:realloc_1", "ptr=0x10 size=90"), event("g:realloc_1_ret", "ptr=0x20")]),
    [[90, 1]],
  );
  assert.deepEqual(
    left([...held, event("g:realloc_1", "ptr=0x10 size=90"), event("g:realloc_1_ret", "ptr=0x0")]),
    [[10, 1]],
  );
  assert.deepEqual(
    left([...held, event("g:realloc_1", "ptr=0x10 size=0"), event("g:realloc_1_ret", "ptr=0x0")]),
    [],
  );
});

Deno.test("allocations: a lost return takes nothing with it, a failed call is no block", () => {
  assert.deepEqual(
    left([
      event("g:calloc_2", "count=1 size=7"), // its return was lost
      event("g:malloc_0", "size=5"),
      event("g:malloc_0_ret", "ptr=0x10"),
      event("g:malloc_0", "size=9"),
      event("g:malloc_0_ret", "ptr=0x0"),
    ]),
    [[5, 1]],
  );
  assert.deepEqual(left([event("g:malloc_0_ret", "ptr=0x10"), event("g:free_3", "ptr=0x99")]), []);
});

Deno.test("allocations: a caller that cannot be unwound to is told by the return address", () => {
  const pairer = new AllocationPairer((address) => ({
    offset: address.toString(16),
    symbol: null,
    dso: "/srv/app",
  }));
  pairer.add(event("g:malloc_0", "size=100 caller=0x1011"));
  pairer.add(event("g:malloc_0_ret", "ptr=0x10"));
  assert.deepEqual(pairer.stacks.get(pairer.outstanding()[0]!.stack).map(frameText).slice(1), [
    "0x1010 (app)",
  ]);
});

Deno.test("allocations: whatever threads do, what is left is what was not freed", () => {
  const step = fc.record({
    tid: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 1, max: 1000 }),
    frees: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const events: PerfEvent[] = [];
    const truth = new Map<number, number>();
    steps.forEach(({ tid, size, frees }, at) => {
      const block = 16 * (at + 1);
      events.push(
        event("g:malloc_0", `size=${size}`, tid),
        event("g:malloc_0_ret", `ptr=0x${block.toString(16)}`, tid),
      );
      truth.set(block, size);
      const oldest = [...truth.keys()][0]!;
      if (!frees) return;
      events.push(event("g:free_3", `ptr=0x${oldest.toString(16)}`, tid % 3 + 1)); // freed by another thread
      truth.delete(oldest);
    });
    const sum = left(events).reduce(([bytes, count], [b, c]) => [bytes + b, count + c], [0, 0]);
    assert.deepEqual(sum, [[...truth.values()].reduce((a, b) => a + b, 0), truth.size]);
  }));
});

Deno.test("mappings: parts unmapped, moved and replaced, against a map of pages", () => {
  const page = 4096;
  const deed = fc.record({
    kind: fc.constantFrom("mmap", "munmap", "mremap"),
    at: fc.integer({ min: 1, max: 40 }),
    pages: fc.integer({ min: 1, max: 8 }),
    to: fc.integer({ min: 50, max: 90 }),
  });
  fc.assert(fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
    const pairer = new MappingPairer();
    const truth = new Set<number>();
    const hex = (value: number) => `0x${(value * page).toString(16)}`;
    for (const { kind, at, pages, to } of deeds) {
      const range = Array.from({ length: pages }, (_, index) => at + index);
      if (kind === "mmap") {
        pairer.add(event("syscalls:sys_enter_mmap", `addr: 0x0, len: ${hex(pages)}, prot: 0x3, flags: 0x22`));
        pairer.add(event("syscalls:sys_exit_mmap", hex(at)));
        range.forEach((one) => truth.add(one));
      } else if (kind === "munmap") {
        pairer.add(event("syscalls:sys_enter_munmap", `addr: ${hex(at)}, len: ${hex(pages)}`));
        range.forEach((one) => truth.delete(one));
      } else if (range.every((one) => truth.has(one))) {
        pairer.add(
          event(
            "syscalls:sys_enter_mremap",
            `addr: ${hex(at)}, old_len: ${hex(pages)}, new_len: ${hex(pages)}`,
          ),
        );
        pairer.add(event("syscalls:sys_exit_mremap", hex(to)));
        range.forEach((one) => truth.delete(one));
        range.forEach((_, index) => truth.add(to + index));
      }
    }
    const mapped = new Set<number>();
    for (const { begin, end } of pairer.outstanding()) {
      for (let one = begin / page; one < end / page; one++) mapped.add(one);
    }
    assert.deepEqual([...mapped].sort((a, b) => a - b), [...truth].sort((a, b) => a - b));
  }));
});

Deno.test("mappings: what is only reserved is no memory, what failed is no mapping", () => {
  const pairer = new MappingPairer();
  pairer.add(event("syscalls:sys_enter_mmap", "addr: 0x0, len: 0x1000, prot: 0x0, flags: 0x22"));
  pairer.add(event("syscalls:sys_exit_mmap", "0x7f0000000000"));
  pairer.add(event("syscalls:sys_enter_mmap", "addr: 0x0, len: 0x1000, prot: 0x3, flags: 0x22"));
  pairer.add(event("syscalls:sys_exit_mmap", "0xfffffffffffffff4"));
  assert.deepEqual(pairer.outstanding(), []);
});
