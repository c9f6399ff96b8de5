/** Heap snapshots as they stream in. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Session } from "node:inspector";
import { countTypes, findHolders } from "../../../profile/inspector/snapshot_growth.ts";
import { SnapshotReader } from "../../../profile/inspector/snapshot_reader.ts";
import { coldByKind, parseReferenced } from "../../../profile/methods/cold_memory.ts";

const META = {
  node_fields: ["type", "name", "id", "self_size", "edge_count", "detachedness"],
  node_types: [["hidden", "array", "string", "object", "closure"], "string", "number", "number", "number"],
  edge_fields: ["type", "name_or_index", "to_node"],
  edge_types: [
    ["context", "element", "property", "internal", "hidden", "shortcut", "weak"],
    "string_or_number",
    "node",
  ],
};
const STRINGS = ["", "Session", "Map", "table", 'a "quoted" \\ name', "sessions"];
/** root → Map (by variable sessions) → array (.table) → two Sessions; a weak reference to a third. */
const NODES = [
  [0, 0, 1, 0, 1, 0],
  [3, 2, 2, 32, 1, 0],
  [1, 0, 3, 100, 3, 0],
  [3, 1, 4, 40, 0, 0],
  [3, 1, 5, 40, 0, 0],
  [3, 1, 6, 40, 0, 0],
];
const EDGES = [[0, 5, 6], [3, 3, 12], [1, 0, 18], [1, 1, 24], [6, 2, 30]];
const TEXT = JSON.stringify({
  snapshot: { meta: META, node_count: NODES.length, edge_count: EDGES.length },
  nodes: NODES.flat(),
  edges: EDGES.flat(),
  trace_tree: [],
  locations: [1, 2, 3],
  strings: STRINGS,
});

function read(text: string, size: number, keepEdges = true): SnapshotReader {
  const reader = new SnapshotReader(keepEdges);
  for (let at = 0; at < text.length; at += size) reader.write(text.slice(at, at + size));
  reader.finish();
  return reader;
}

Deno.test("snapshot: read the same in pieces of every size", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: TEXT.length }), (size) => {
    const { nodes, edges, strings } = read(TEXT, size);
    assert.deepEqual([...nodes.values.subarray(0, nodes.length)], NODES.flat());
    assert.deepEqual([...edges.values.subarray(0, edges.length)], EDGES.flat());
    assert.deepEqual(strings.slice(0, 4), STRINGS.slice(0, 4));
  }));
});

Deno.test("snapshot: types counted, and the way by which the youngest are held", () => {
  const snapshot = read(TEXT, 17);
  assert.deepEqual(countTypes(snapshot).get("Session"), { count: 3, bytes: 120 });
  assert.deepEqual(countTypes(snapshot).get("(array)"), { count: 1, bytes: 100 });
  assert.equal(findHolders(snapshot, ["Session"]).get("Session"), "(array)[] <- Map via .table");
});

Deno.test("snapshot: what is none is refused in one line, whatever it is", () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => {
    assert.throws(
      () => read(text, 7),
      /^ProfileError: (the heap snapshot is incomplete|the answer is not a heap snapshot)$/,
    );
  }));
  assert.throws(() => read(TEXT.slice(0, -20), 50), /incomplete/);
  assert.throws(
    () =>
      read(TEXT.replace("self_size", "other"), 50) &&
      countTypes(read(TEXT.replace("self_size", "other"), 50)),
    /unknown layout/,
  );
});

Deno.test("snapshot: one of a real heap", async () => {
  class Invoice {
    lines = [1, 2, 3];
  }
  const invoices = Array.from({ length: 500 }, () => new Invoice());
  const session = new Session();
  session.connect();
  const reader = new SnapshotReader(true);
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ params }) => reader.write(params.chunk));
  await new Promise<void>((resolve) => session.post("HeapProfiler.takeHeapSnapshot", () => resolve()));
  session.disconnect();
  reader.finish();
  assert.ok(countTypes(reader).get("Invoice")!.count >= invoices.length);
  assert.match(findHolders(reader, ["Invoice"]).get("Invoice")!, /^Array\[\]/);
});

Deno.test("cold memory: what was not touched, of what a program allocates", () => {
  const smaps = `55d0-66d0 rw-p 00000000 00:00 0                          [heap]
Rss:                 320 kB
Referenced:          107 kB
Swap:                 10 kB
7f00-7f10 r-xp 00000000 fe:00 339380                     /usr/lib/libc.so.6
Rss:                 500 kB
Referenced:            0 kB
8f00-8f10 rw-p 00000000 00:00 0 
Rss:                  40 kB
Referenced:           40 kB
`;
  assert.deepEqual(coldByKind(parseReferenced(smaps.split("\n"))), [
    { kind: "heap", mappings: 1, rss_bytes: 330 * 1024, cold_bytes: 223 * 1024 },
    { kind: "anonymous", mappings: 1, rss_bytes: 40 * 1024, cold_bytes: 0 },
  ]);
});
