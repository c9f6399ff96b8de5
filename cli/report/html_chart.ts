import { formatAmount } from "../../model/format.ts";
import { safeHtml } from "../../model/safe_text.ts";
import type { Chart } from "./document.ts";

const WIDTH = 860;
const HEIGHT = 180;
const LEFT = 74;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;
const COLORS = 6;

/** A chart as inline SVG with its legend beneath; "" where there are fewer than two points. */
export function chartSvg(chart: Chart): string {
  const times = chart.time_seconds;
  if (times.length < 2) return "";
  const layers = chart.stacked
    ? stack(chart.lines.map((line) => line.values))
    : chart.lines.map((line) => line.values);
  const { least, most } = range(layers, chart.stacked);
  const [first, last] = [times[0]!, times.at(-1)!];
  const x = (time: number) => LEFT + (time - first) / Math.max(last - first, 1e-9) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (most - value) / Math.max(most - least, 1e-9) * (HEIGHT - TOP - BOTTOM);
  const path = (values: readonly (number | null)[]) =>
    values.map((value, index) =>
      value === null ? "" : `${x(times[index]!).toFixed(1)},${y(value).toFixed(1)}`
    ).filter(Boolean);
  const shapes = layers.map((values, index) => {
    const points = path(values);
    if (!chart.stacked) return `<polyline class="line c${index % COLORS}" points="${points.join(" ")}"/>`;
    const below = index === 0 ? times.map(() => least) : layers[index - 1]!;
    return `<polygon class="area c${index % COLORS}" points="${
      [...points, ...path(below).reverse()].join(" ")
    }"/>`;
  });
  const ticks = [least, (least + most) / 2, most].map((value) =>
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${
      y(value).toFixed(1)
    }"/>` +
    `<text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${
      formatAmount(value, chart.unit)
    }</text>`
  );
  const clock = (time: number) => new Date(time * 1000).toISOString().slice(11, 19);
  const legend = chart.lines.map((line, index) =>
    `<span class="k c${index % COLORS}">${safeHtml(line.name)}</span>`
  );
  const title = safeHtml(chart.title);
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title>${
    ticks.join("")
  }` +
    `${shapes.join("")}<text x="${LEFT}" y="${HEIGHT - 6}">${clock(first)}</text>` +
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${clock(last)} UTC</text></svg>` +
    `<figcaption><b>${title}</b>${legend.join("")}</figcaption></figure>`;
}

function stack(lines: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: number[] = [];
  return lines.map((values) => values.map((value, index) => sums[index] = (sums[index] ?? 0) + (value ?? 0)));
}

/** A stack stands on zero; a line fills its chart, for it is the change that is looked for. */
function range(
  layers: readonly (readonly (number | null)[])[],
  fromZero: boolean,
): { least: number; most: number } {
  const values = layers.flat().filter((value) => value !== null);
  const most = Math.max(...values);
  const least = fromZero ? 0 : Math.min(...values);
  return most > least ? { least, most } : { least: Math.max(0, least - 1), most: most + 1 };
}
