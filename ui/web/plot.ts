/** The one file that knows uPlot: a chart with the shared time axis, cursor and zoom. */

import uPlot from "uplot";
import { axisWidth, BINARY_STEPS, chartFont, rem, STEPS, timeLabels, valueLabels } from "./plot_axes.ts";
import type { PlotData, PlotSeries } from "./plot_data.ts";
import { hatch, withAlpha } from "./canvas.ts";
import { drawOverlay } from "./plot_overlay.ts";
import { color } from "./theme.ts";
import { cursor, zoomTo } from "./time_axis.ts";

export class Plot {
  #plot: uPlot;
  #data: PlotData;
  readonly #host: HTMLElement;

  constructor(host: HTMLElement, data: PlotData, width: number, height: number) {
    this.#host = host;
    this.#data = data;
    this.#plot = this.#make(width, height);
  }

  /** New values; a different set of lines makes the chart anew. */
  update(data: PlotData): void {
    const isSame = data.unit === this.#data.unit && shape(data) === shape(this.#data);
    this.#data = data;
    if (isSame) this.#plot.setData(this.#columns());
    else this.repaint();
  }

  resize(width: number, height: number): void {
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }

  /** Colours have changed. */
  repaint(): void {
    const { width, height } = this.#plot;
    this.#plot.destroy();
    this.#plot = this.#make(width, height);
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #columns(): uPlot.AlignedData {
    const { time, series } = this.#data;
    return [
      time,
      ...series.flatMap((one) => hasBand(one) ? [one.high!, one.low!, one.values] : [one.values]),
    ];
  }

  #make(width: number, height: number): uPlot {
    const { unit } = this.#data;
    const grid = color("grid"), ink = color("faint"), paper = color("paper");
    const size = rem();
    const font = chartFont();
    const lines: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const one of this.#data.series) {
      const stroke = color(one.color);
      if (hasBand(one)) {
        const edge = { stroke: "transparent", width: 0, points: { show: false } };
        bands.push({ series: [lines.length, lines.length + 1], fill: withAlpha(stroke, 0.25) });
        lines.push(edge, edge);
      }
      lines.push({
        // Areas are parted by a hairline of paper, so that neighbours are told apart without relying on hue.
        stroke: one.kind === "area" ? paper : stroke,
        width: one.width ?? (one.kind === "area" ? 1 : 1.5),
        fill: one.kind === "area" ? (one.hatched ? hatch(stroke, paper) : stroke) : undefined,
        dash: one.kind === "dash" ? [5, 4] : undefined,
        points: { show: false },
        spanGaps: false,
      });
    }
    return new uPlot(
      {
        width,
        height,
        padding: [8, size, 0, 0],
        series: lines,
        bands,
        legend: { show: false },
        focus: { alpha: 1 },
        scales: {
          x: { time: true, range: () => [this.#data.range.from, this.#data.range.to] },
          y: { range: (_plot, low, high) => this.#valueRange(low, high) },
        },
        axes: [
          {
            stroke: ink,
            font,
            grid: { show: false },
            ticks: { stroke: grid, size: 4, width: 1 },
            gap: size * (this.#data.marks ? 0.7 : 0.3),
            size: size * (this.#data.marks ? 2.2 : 1.8),
            space: size * 5.2,
            values: (plot, splits, _axis, _space, step) => {
              const { from, to } = this.#data.range, pixels = plot.width - axisWidth() - size;
              // One that would reach beyond the right edge is left out.
              return timeLabels(splits, step).map((label, i) =>
                (to - splits[i]!) / (to - from) * pixels + size < label.length * size * 0.3 ? "" : label
              );
            },
          },
          {
            stroke: ink,
            font,
            grid: { stroke: grid, width: 1 },
            ticks: { show: false },
            size: axisWidth(),
            gap: size * 0.4,
            space: size * 2.4,
            incrs: unit.startsWith("bytes") ? BINARY_STEPS : STEPS,
            values: (_plot, splits) => valueLabels(splits, unit),
          },
        ],
        cursor: {
          sync: { key: "time" },
          x: true,
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false, dist: 6 },
          bind: {
            dblclick: () => () => {
              zoomTo(null, true);
              return null;
            },
          },
        },
        hooks: {
          setCursor: [(plot) => {
            const { left } = plot.cursor;
            // Charts that follow another one's pointer hear of it too; any of them may say it.
            cursor.value = left !== undefined && left >= 0 ? plot.posToVal(left, "x") : null;
          }],
          setSelect: [(plot) => {
            const { left, width } = plot.select;
            if (width < 6) return;
            zoomTo({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") }, true);
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          }],
          draw: [(plot) => drawOverlay(plot, this.#data)],
        },
      },
      this.#columns(),
      this.#host,
    );
  }

  #valueRange(low: number | null, high: number | null): [number, number] {
    const { ceiling, limit, floats, trend } = this.#data;
    const tops = [high ?? 0, ceiling ?? 0, ...(trend?.values ?? [])];
    const top = Math.max(...tops, limit?.value ?? 0);
    if (floats && low !== null && high !== null) {
      const bottom = Math.min(low, ...(trend?.values ?? [low]));
      const room = Math.max((top - bottom) * 0.12, top * 0.01, 1);
      return [Math.max(0, bottom - room), top + room];
    }
    if (ceiling && ceiling >= top) return [0, ceiling];
    // A low chart has one label besides its zero: at its top.
    const isLow = ceiling && this.#data.unit.startsWith("bytes");
    return [0, isLow ? 2 ** Math.ceil(Math.log2(top)) : Math.max(top * 1.06, 1e-9)];
  }
}

const hasBand = (one: PlotSeries): boolean =>
  one.kind !== "area" && one.low !== undefined && one.high !== undefined;

const shape = ({ series }: PlotData): string =>
  series.map((one) => `${one.color}${one.kind}${hasBand(one)}`).join();
