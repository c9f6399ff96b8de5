/** What grew between two heap snapshots, by constructor, and who holds what is new. Pure. */

import { ProfileError } from "../errors.ts";
import type { SnapshotReader } from "./snapshot_reader.ts";

export interface TypeCount {
  count: number;
  /** Of the objects themselves, without what they hold. */
  bytes: number;
}

/** Objects and bytes by constructor; kinds that have none (strings, arrays, code) by kind, in parentheses. */
export function countTypes(snapshot: SnapshotReader): Map<string, TypeCount> {
  const layout = layoutOf(snapshot);
  const byKey = new Map<number, TypeCount>();
  for (let node = 0; node < layout.nodes; node++) {
    const key = layout.type(node) === layout.object ? layout.name(node) + layout.types : layout.type(node);
    const count = byKey.get(key) ?? { count: 0, bytes: 0 };
    byKey.set(key, count);
    count.count++;
    count.bytes += layout.size(node);
  }
  const named = new Map<string, TypeCount>();
  for (const [key, { count, bytes }] of byKey) {
    const name = key < layout.types
      ? `(${snapshot.meta!.node_types[key]})`
      : snapshot.strings[key - layout.types] || "(anonymous)";
    const sum = named.get(name) ?? { count: 0, bytes: 0 };
    named.set(name, { count: sum.count + count, bytes: sum.bytes + bytes });
  }
  return named;
}

/** Steps from an object to its holders that are told. */
const MAX_STEPS = 6;
/** The youngest instances of a type: those are the ones that were added. */
const SAMPLED = 200;

/**
 * The path by which most of the youngest instances of each type are held, nearest holder first, along shortest ways from the
 * roots: `Array via .items <- Map via .table <- sessions in (closure)`. Types without a way are left out.
 */
export function findHolders(snapshot: SnapshotReader, types: readonly string[]): Map<string, string> {
  const layout = layoutOf(snapshot);
  const { parent, via } = shortestWays(snapshot, layout);
  const wanted = new Map(types.map((type) => [type, [] as number[]]));
  for (let node = layout.nodes - 1; node >= 0; node--) {
    if (layout.type(node) !== layout.object) continue;
    const instances = wanted.get(snapshot.strings[layout.name(node)] ?? "");
    if (instances !== undefined && instances.length < SAMPLED && parent[node] !== NONE) instances.push(node);
  }
  const holders = new Map<string, string>();
  for (const [type, instances] of wanted) {
    const paths = new Map<string, number>();
    for (const instance of instances) {
      const path = describeWay(instance);
      if (path !== "") paths.set(path, (paths.get(path) ?? 0) + 1);
    }
    const [most] = [...paths].sort((a, b) => b[1] - a[1]);
    if (most !== undefined) holders.set(type, most[0]);
  }
  return holders;

  function describeWay(from: number): string {
    const steps: string[] = [];
    for (
      let node = from;
      steps.length < MAX_STEPS && parent[node] !== NONE && parent[node] !== 0;
      node = parent[node]!
    ) {
      const holder = parent[node]!;
      const name = snapshot.strings[layout.name(holder)] ||
        `(${snapshot.meta!.node_types[layout.type(holder)]})`;
      steps.push(`${name}${edgeText(snapshot, layout, via[node]!)}`);
    }
    return steps.join(" <- ");
  }
}

const NONE = 0xffffffff;

interface Layout {
  nodes: number;
  types: number;
  /** The type that has a constructor. */
  object: number;
  type(node: number): number;
  name(node: number): number;
  size(node: number): number;
  edgeCount(node: number): number;
  nodeWidth: number;
  edgeWidth: number;
}

function layoutOf({ meta, nodes }: SnapshotReader): Layout {
  if (meta === null) throw new ProfileError("the heap snapshot is incomplete");
  const width = meta.node_fields.length;
  const [type, name, size, edges] = ["type", "name", "self_size", "edge_count"].map((field) =>
    meta.node_fields.indexOf(field)
  ) as [number, number, number, number];
  if (Math.min(type, name, size, edges) < 0) {
    throw new ProfileError("the heap snapshot has an unknown layout");
  }
  return {
    nodes: Math.floor(nodes.length / width),
    types: meta.node_types.length,
    object: meta.node_types.indexOf("object"),
    type: (node) => nodes.values[node * width + type]!,
    name: (node) => nodes.values[node * width + name]!,
    size: (node) => nodes.values[node * width + size]!,
    edgeCount: (node) => nodes.values[node * width + edges]!,
    nodeWidth: width,
    edgeWidth: meta.edge_fields.length,
  };
}

/** Breadth first from the root (node 0), over references that keep alive; for each node its holder and the edge from it. */
function shortestWays(snapshot: SnapshotReader, layout: Layout): { parent: Uint32Array; via: Uint32Array } {
  const { edges, meta } = snapshot;
  const [typeAt, toAt] = [meta!.edge_fields.indexOf("type"), meta!.edge_fields.indexOf("to_node")];
  const weak = meta!.edge_types.indexOf("weak");
  const firstEdge = new Uint32Array(layout.nodes + 1);
  for (let node = 0; node < layout.nodes; node++) {
    firstEdge[node + 1] = firstEdge[node]! + layout.edgeCount(node);
  }
  if (firstEdge[layout.nodes]! * layout.edgeWidth > edges.length) {
    throw new ProfileError("the heap snapshot is incomplete");
  }
  const parent = new Uint32Array(layout.nodes).fill(NONE);
  const via = new Uint32Array(layout.nodes);
  const queue = new Uint32Array(layout.nodes);
  let read = 0, written = layout.nodes > 0 ? 1 : 0;
  while (read < written) {
    const node = queue[read++]!;
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      const at = edge * layout.edgeWidth;
      const to = Math.floor(edges.values[at + toAt]! / layout.nodeWidth);
      if (edges.values[at + typeAt] === weak || to === 0 || to >= layout.nodes || parent[to] !== NONE) {
        continue;
      }
      parent[to] = node;
      via[to] = edge;
      queue[written++] = to;
    }
  }
  return { parent, via };
}

/** ` via .items`, ` via [3]`: how the holder refers to it. Elements are not numbered: all are the same to a reader. */
function edgeText({ edges, meta, strings }: SnapshotReader, layout: Layout, edge: number): string {
  const at = edge * layout.edgeWidth;
  const type = meta!.edge_types[edges.values[at + meta!.edge_fields.indexOf("type")]!];
  if (type === "element" || type === "hidden") return "[]";
  const name = strings[edges.values[at + meta!.edge_fields.indexOf("name_or_index")]!] ?? "";
  if (/^\d+$/.test(name)) return "[]";
  return name === "" ? "" : ` via ${type === "context" ? "variable " : "."}${name}`;
}
