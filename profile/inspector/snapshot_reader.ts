/**
 * Reads a V8 heap snapshot as it streams in, without holding its text: a heap of 100 MiB is 200 MiB of JSON. The format is
 * that of DevTools: an object of `snapshot` (its meta data), `nodes` and `edges` (flat arrays of numbers) and, last, `strings`.
 */

import { ProfileError } from "../errors.ts";
import { isObject } from "./client.ts";

/** Numbers of an array, four bytes each, growing as they come. */
class Numbers {
  values = new Uint32Array(1 << 16);
  length = 0;

  constructor(readonly limit: number) {}

  push(value: number): void {
    if (this.length === this.values.length) {
      if (this.length >= this.limit) throw new ProfileError("the heap snapshot is too large to compare");
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}

/** 20 million objects and 100 million references: 700 MiB of ours. */
const MAX_NODE_NUMBERS = 140_000_000;
const MAX_EDGE_NUMBERS = 300_000_000;
const MAX_HEADER_CHARACTERS = 1 << 20;
const MAX_STRING_CHARACTERS = 1 << 20;
/** Names longer than this are cut: whole sources may stand there. */
const KEPT_CHARACTERS = 200;

type Part = "header" | "nodes" | "edges" | "between" | "strings" | "end";

export interface SnapshotMeta {
  node_fields: string[];
  node_types: string[];
  edge_fields: string[];
  edge_types: string[];
}

export class SnapshotReader {
  readonly nodes = new Numbers(MAX_NODE_NUMBERS);
  readonly edges = new Numbers(MAX_EDGE_NUMBERS);
  /** Only names that may be shown: cut, and empty beyond the bound. */
  readonly strings: string[] = [];
  meta: SnapshotMeta | null = null;
  #part: Part = "header";
  #text = "";
  #number = -1;
  #isEscaped = false;
  #isInside = false;

  /** `keepEdges` false leaves out who holds whom. */
  constructor(readonly keepEdges: boolean) {}

  /** Takes the next piece. Throws ProfileError where it is no snapshot. */
  write(chunk: string): void {
    for (let at = 0; at < chunk.length;) at = this.#step(chunk, at);
  }

  /** Throws ProfileError where the snapshot is not whole. */
  finish(): void {
    if (this.#part !== "end" || this.meta === null) throw new ProfileError("the heap snapshot is incomplete");
  }

  #step(chunk: string, at: number): number {
    switch (this.#part) {
      case "header":
        return this.#search(chunk, at, '"nodes":[', "nodes", (text) => this.meta = parseMeta(text));
      case "nodes":
        return this.#readNumbers(chunk, at, this.nodes, "between");
      case "edges":
        return this.#readNumbers(chunk, at, this.keepEdges ? this.edges : null, "between");
      case "between":
        return this.edges.length === 0 && this.strings.length === 0 && !this.#seenEdges
          ? this.#search(chunk, at, '"edges":[', "edges", () => this.#seenEdges = true)
          : this.#search(chunk, at, '"strings":[', "strings", () => {}, true);
      case "strings":
        return this.#readStrings(chunk, at);
      case "end":
        return chunk.length;
    }
  }

  #seenEdges = false;

  /** Looks for a mark, which may lie across pieces; hands on what stands before it unless `forgets`. */
  #search(
    chunk: string,
    at: number,
    mark: string,
    next: Part,
    use: (before: string) => void,
    forgets = false,
  ): number {
    const from = this.#text.length;
    this.#text += chunk.slice(at);
    const found = this.#text.indexOf(mark, Math.max(0, from - mark.length));
    if (found >= 0) {
      const consumed = found + mark.length - from;
      use(this.#text.slice(0, found));
      this.#text = "";
      this.#part = next;
      return at + consumed;
    }
    if (forgets) this.#text = this.#text.slice(-mark.length);
    else if (this.#text.length > MAX_HEADER_CHARACTERS) {
      throw new ProfileError("the answer is not a heap snapshot");
    }
    return chunk.length;
  }

  #readNumbers(chunk: string, from: number, into: Numbers | null, next: Part): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (code >= 48 && code <= 57) {
        this.#number = (this.#number < 0 ? 0 : this.#number * 10) + code - 48;
        continue;
      }
      if (this.#number >= 0) into?.push(this.#number);
      this.#number = -1;
      if (code === 93) { // ]
        this.#part = next;
        return at + 1;
      }
    }
    return chunk.length;
  }

  #readStrings(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (!this.#isInside) {
        if (code === 34) this.#isInside = true;
        else if (code === 93) {
          this.#part = "end";
          return at + 1;
        }
        continue;
      }
      if (!this.#isEscaped && code === 34) {
        this.strings.push(this.#text);
        this.#text = "";
        this.#isInside = false;
        continue;
      }
      this.#isEscaped = !this.#isEscaped && code === 92;
      if (this.#text.length < KEPT_CHARACTERS) this.#text += chunk[at];
      if (this.strings.length > MAX_STRING_CHARACTERS * 64) {
        throw new ProfileError("the heap snapshot has too many names");
      }
    }
    return chunk.length;
  }
}

function parseMeta(header: string): SnapshotMeta {
  try {
    const text = header.slice(header.indexOf('"snapshot":') + '"snapshot":'.length).replace(/,\s*$/, "");
    const { meta } = JSON.parse(text) as { meta: Record<string, unknown> };
    const names = (value: unknown) => {
      if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) throw new TypeError();
      return value as string[];
    };
    const first = (value: unknown) => Array.isArray(value) ? value[0] : null;
    if (!isObject(meta)) throw new TypeError();
    return {
      node_fields: names(meta.node_fields),
      node_types: names(first(meta.node_types)),
      edge_fields: names(meta.edge_fields),
      edge_types: names(first(meta.edge_types)),
    };
  } catch {
    throw new ProfileError("the answer is not a heap snapshot");
  }
}
