/** A flame graph without script: widths are shares of the whole, the outermost frame on top, names and sizes as tooltips. */

import { formatAmount } from "../../model/format.ts";
import { safeHtml } from "../../model/safe_text.ts";
import type { FlameGraph, FlameGraphNode } from "./document.ts";

const WIDTH = 1000;
const ROW = 18;
/** Narrower frames cannot be seen. */
const MIN_WIDTH = 1.5;
const MAX_ROWS = 40;
/** Width of a letter of 11 pixels. */
const LETTER = 6.3;

/** The graph as inline SVG; "" where nothing has a width. */
export function flameGraphSvg({ title, unit, root }: FlameGraph): string {
  if (root.value <= 0) return "";
  let rows = 0;
  const draw = (node: FlameGraphNode, x: number, row: number): string => {
    const width = node.value / root.value * WIDTH;
    if (width < MIN_WIDTH || row >= MAX_ROWS) return "";
    rows = Math.max(rows, row + 1);
    let left = x;
    const children = [...node.children].sort((a, b) => b.value - a.value).map((child) => {
      const drawn = draw(child, left, row + 1);
      left += child.value / root.value * WIDTH;
      return drawn;
    });
    return frame(node, x, row, width, formatAmount(node.value, unit)) + children.join("");
  };
  const shapes = draw(root, 0, 0);
  const label = safeHtml(title);
  return `<figure class="flame"><svg viewBox="0 0 ${WIDTH} ${
    rows * ROW
  }" role="img" aria-label="${label}">${shapes}</svg>` +
    `<figcaption><b>${label}</b></figcaption></figure>`;
}

function frame({ name }: FlameGraphNode, x: number, row: number, width: number, amount: string): string {
  const letters = Math.floor((width - 6) / LETTER);
  const short = name.length <= letters ? name : letters >= 4 ? `${name.slice(0, letters - 1)}…` : "";
  const box = `x="${x.toFixed(1)}" y="${row * ROW}" width="${
    Math.max(0.5, width - 0.5).toFixed(1)
  }" height="${ROW - 1}"`;
  return `<g class="c${row % 6}"><title>${safeHtml(`${name}: ${amount}`)}</title><rect ${box} rx="2"/>` +
    (short === ""
      ? ""
      : `<text x="${(x + 3).toFixed(1)}" y="${row * ROW + 12.5}">${safeHtml(short)}</text>`) +
    "</g>";
}
