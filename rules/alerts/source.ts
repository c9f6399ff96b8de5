/** YAML with its line numbers: where in the file a key, an item or a mistake stands. */

import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import type { RuleDiagnostic } from "./rule.ts";

export class Source {
  readonly value: unknown;
  readonly diagnostics: RuleDiagnostic[] = [];
  readonly #root: ParsedNode | null = null;
  readonly #lines = new LineCounter();

  /** Never throws: what is wrong with the text is in `diagnostics`. */
  constructor(text: string) {
    try {
      const document = parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        logLevel: "silent",
      });
      for (const error of document.errors) {
        this.diagnostics.push({ line: this.#lineAt(error.pos[0]), message: oneLine(error.message) });
      }
      if (this.diagnostics.length > 0) return;
      this.#root = document.contents;
      this.value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      this.diagnostics.push({
        line: 1,
        message: oneLine(error instanceof Error ? error.message : String(error)),
      });
    }
  }

  /** Line of the node at the path, or of the nearest node above it that exists. For a map entry: of its key. */
  lineOf(path: readonly PropertyKey[]): number {
    let node: unknown = this.#root;
    let offset = this.#root?.range?.[0] ?? 0;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) break;
        offset = (pair.key as Node).range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        if (!item) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return this.#lineAt(offset);
  }

  #lineAt(offset: number): number {
    return Math.max(1, this.#lines.linePos(offset).line);
  }
}

const oneLine = (text: string) => text.split("\n")[0]!.replace(/\s+/g, " ").trim();
