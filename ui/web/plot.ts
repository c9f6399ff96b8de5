/** The one file that knows uPlot: a chart with the shared time axis, cursor and zoom. */

import uPlot from "uplot";
import { date, elapsed, timeOfDay, timeToSecond } from "./format.ts";
import { color } from "./theme.ts";
import { cursor, origin, type TimeRange, zoomTo } from "./time_axis.ts";

export const axisWidth = (): number => Math.round(rem() * 4.6);

export interface PlotSeries {
  /** Custom property that holds the colour. */
  color: string;
  /** `area` fills down to the axis, opaque: stacked areas are given from the top of the stack to its bottom. */
  kind: "area" | "line" | "dash";
  width?: number;
  hatched?: boolean;
  values: (number | null)[];
  /** Lowest and highest value per point, drawn as a band behind the line. */
  low?: (number | null)[];
  high?: (number | null)[];
}

export interface PlotMark {
  time: number;
  tone: "leak" | "watch" | "calm";
}

/** A line with a band that widens from its end: what a verdict claims, and where it leads. */
export interface PlotTrend {
  color: string;
  time: number[];
  values: number[];
  /** Per second, beyond the last point: low, mid, high. */
  pace: [number, number, number] | null;
  /** Segments that the detector saw are drawn as dots. */
  dots: boolean;
}

export interface PlotData {
  time: number[];
  series: PlotSeries[];
  range: TimeRange;
  unit: "bytes" | "percent" | "count" | "bytes-per-second";
  /** Highest value of the axis at least. */
  ceiling?: number;
  /** Let the axis begin above zero: for growth that would be flat otherwise. */
  floats?: boolean;
  limit?: { value: number; label: string } | null;
  marks?: PlotMark[];
  trend?: PlotTrend | null;
}

/** Everything drawn grows with the page's type: a 4K screen is read from the same distance. */
const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize);
/** Powers of two, so that axis labels are round in KiB, MiB and GiB. */
const BINARY_STEPS = Array.from({ length: 56 }, (_, power) => 2 ** power);
const STEPS = Array.from({ length: 14 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** (power - 2)))
  .flat();

const SUFFIX = { "bytes": "", "bytes-per-second": "/s", "percent": " %", "count": "" };
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** All labels of an axis in one unit, with as many digits as tell its steps apart. */
function valueLabels(splits: number[], unit: PlotData["unit"]): string[] {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
  const isBinary = unit.startsWith("bytes");
  // Steps are powers of two: in the unit of the step every label is a whole number.
  const power = isBinary && step > 0 ? Math.min(5, Math.max(0, Math.floor(Math.log2(step) / 10))) : 0;
  const scale = 1024 ** power;
  const digits = isBinary || step <= 0 ? 0 : Math.min(3, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const name = isBinary ? ` ${BINARY[power]}` : "";
  return splits.map((value) =>
    value === 0 ? "0" : `${
      (value / scale).toLocaleString(undefined, {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
      })
    }${name}${SUFFIX[unit]}`
  );
}

export class Plot {
  #plot: uPlot;
  #data: PlotData;
  #range: TimeRange;
  readonly #host: HTMLElement;

  constructor(host: HTMLElement, data: PlotData, width: number, height: number) {
    this.#host = host;
    this.#data = data;
    this.#range = data.range;
    this.#plot = this.#make(width, height);
  }

  /** New values; a different set of lines makes the chart anew. */
  update(data: PlotData): void {
    const isSame = data.unit === this.#data.unit && shape(data) === shape(this.#data);
    this.#data = data;
    this.#range = data.range;
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
    const font = `${Math.round(size * 0.78)}px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif`;
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
          x: { time: true, range: () => [this.#range.from, this.#range.to] },
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
            values: (_plot, splits, _axis, _space, step) => timeLabels(splits, step),
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
          draw: [(plot) => this.#overlay(plot)],
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
      const room = Math.max((top - bottom) * 0.12, top * 0.001, 1);
      return [Math.max(0, bottom - room), top + room];
    }
    return [0, ceiling && ceiling >= top ? ceiling : Math.max(top * 1.06, 1e-9)];
  }

  /** Limit, trend and alert marks, in device pixels over the series. */
  #overlay(plot: uPlot): void {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const { limit, trend, marks } = this.#data;
    const x = (time: number) => plot.valToPos(time, "x", true);
    const y = (value: number) => plot.valToPos(value, "y", true);
    const pixel = devicePixelRatio * rem() / 14.5;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top - 8 * pixel, width, height + 8 * pixel);
    ctx.clip();
    if (limit) {
      ctx.strokeStyle = color("ink");
      ctx.lineWidth = pixel;
      ctx.setLineDash([2 * pixel, 3 * pixel]);
      line(ctx, left, y(limit.value), left + width, y(limit.value));
      ctx.setLineDash([]);
    }
    if (trend && trend.time.length > 1) drawTrend(ctx, trend, x, y, this.#range.to, pixel);
    ctx.restore();
    // Marks hang below the axis, where no colour of the chart can swallow them.
    const base = top + height + 2 * devicePixelRatio;
    for (const { time, tone } of marks ?? []) {
      const at = x(time);
      if (at < left || at > left + width) continue;
      ctx.fillStyle = color(tone);
      ctx.beginPath();
      ctx.moveTo(at, base);
      ctx.lineTo(at + 5 * pixel, base + 8 * pixel);
      ctx.lineTo(at - 5 * pixel, base + 8 * pixel);
      ctx.fill();
    }
  }
}

function drawTrend(
  ctx: CanvasRenderingContext2D,
  { time, values, pace, dots, color: name }: PlotTrend,
  x: (time: number) => number,
  y: (value: number) => number,
  until: number,
  pixel: number,
): void {
  const stroke = color(name);
  const end = time.at(-1)!, value = values.at(-1)!;
  if (pace && until > end) {
    ctx.fillStyle = withAlpha(stroke, 0.18);
    ctx.beginPath();
    ctx.moveTo(x(end), y(value));
    ctx.lineTo(x(until), y(value + pace[2] * (until - end)));
    ctx.lineTo(x(until), y(value + pace[0] * (until - end)));
    ctx.fill();
  }
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * pixel;
  ctx.setLineDash([6 * pixel, 4 * pixel]);
  ctx.beginPath();
  time.forEach((at, i) => i ? ctx.lineTo(x(at), y(values[i]!)) : ctx.moveTo(x(at), y(values[i]!)));
  if (pace && until > end) ctx.lineTo(x(until), y(value + pace[1] * (until - end)));
  ctx.stroke();
  ctx.setLineDash([]);
  if (!dots) return;
  ctx.fillStyle = color("paper");
  time.forEach((at, i) => {
    ctx.beginPath();
    ctx.arc(x(at), y(values[i]!), 3 * pixel, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  });
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

const hasBand = (one: PlotSeries): boolean =>
  one.kind !== "area" && one.low !== undefined && one.high !== undefined;

const shape = ({ series }: PlotData): string =>
  series.map((one) => `${one.color}${one.kind}${hasBand(one)}`).join();

function withAlpha(rgb: string, alpha: number): string {
  const numbers = rgb.match(/[\d.]+/g)?.slice(0, 3).join(", ");
  return `rgba(${numbers}, ${alpha})`;
}

/** Diagonal lines: memory that nobody accounts for is marked by more than a colour. */
function hatch(stroke: string, paper: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const size = tile.width = tile.height = 6 * devicePixelRatio;
  const ctx = tile.getContext("2d")!;
  ctx.fillStyle = paper;
  ctx.fillRect(0, 0, size, size);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const shift of [-size, 0, size]) line(ctx, shift, size, shift + size, 0);
  return ctx.createPattern(tile, "repeat") ?? stroke;
}

/** Time of day, with the date where a day begins and seconds only where they differ. */
function timeLabels(splits: number[], step: number): string[] {
  const start = origin.value;
  if (start !== null) return splits.map((at) => at < start ? "" : elapsed(at - start));
  let last = "";
  return splits.map((at) => {
    const day = date(at);
    const isNew = last !== "" && day !== last;
    last = day;
    const time = step < 60 ? timeToSecond(at) : timeOfDay(at);
    return step >= 86_400 ? day : !isNew ? time : time === "00:00" ? day : `${day} ${time}`;
  });
}
