/** What is drawn over a chart's lines: its limit, what a verdict claims and where that leads, and when alerts fired. In device pixels. */

import type uPlot from "uplot";
import { chartFont, rem } from "./plot_axes.ts";
import type { PlotData, PlotTrend } from "./plot_data.ts";
import { line, withAlpha } from "./canvas.ts";
import { color, isOnPaper } from "./theme.ts";

/** Limit, trend and alert marks over the series, up to the end of what is shown. */
export function drawOverlay(plot: uPlot, data: PlotData): void {
  const { limit, trend, marks, range } = data;
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const x = (time: number) => plot.valToPos(time, "x", true);
  const y = (value: number) => plot.valToPos(value, "y", true);
  const pixel = devicePixelRatio * rem() / 14.5;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - 8 * pixel, width, height + 8 * pixel);
  ctx.clip();
  for (const { from, to } of data.spans ?? []) {
    ctx.fillStyle = withAlpha(color("line-3"), 0.22);
    ctx.fillRect(x(from), top, Math.max(x(to) - x(from), 3 * pixel), height);
  }
  if (limit) {
    ctx.strokeStyle = color("ink");
    ctx.lineWidth = pixel;
    ctx.setLineDash([2 * pixel, 3 * pixel]);
    line(ctx, left, y(limit.value), left + width, y(limit.value));
    ctx.setLineDash([]);
    ctx.font = chartFont(devicePixelRatio);
    ctx.textAlign = "right";
    ctx.textBaseline = "bottom";
    ctx.fillStyle = color("ink");
    ctx.fillText(limit.label, left + width - 4 * pixel, y(limit.value) - 2 * pixel);
  }
  if (trend && trend.time.length > 1) drawTrend(ctx, trend, x, y, range.to, pixel);
  ctx.restore();
  if (isOnPaper() && data.series.length > 1) nameLines(ctx, data, x, y, left);
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

/** The name of each line at its beginning; lines too near to each other share the place, so the upper one has it. */
function nameLines(
  ctx: CanvasRenderingContext2D,
  { time, series }: PlotData,
  x: (time: number) => number,
  y: (value: number) => number,
  edge: number,
): void {
  const height = 0.78 * rem() * devicePixelRatio;
  ctx.save();
  ctx.font = chartFont(devicePixelRatio);
  ctx.textAlign = "left";
  ctx.fillStyle = color("ink");
  ctx.textBaseline = "bottom";
  const starts = series.flatMap(({ label, values }) => {
    const i = values.findIndex((value) => value !== null);
    return label && i >= 0 ? [{ label, left: x(time[i]!), top: y(values[i]!) }] : [];
  }).sort((a, b) => a.top - b.top);
  let last = -Infinity;
  for (const { label, left, top } of starts) {
    if (top - last < height) continue;
    last = top;
    ctx.fillText(label, Math.max(left, edge) + height / 2, top - 2);
  }
  ctx.restore();
}

function drawTrend(
  ctx: CanvasRenderingContext2D,
  { time, values, slope, dots, color: name }: PlotTrend,
  x: (time: number) => number,
  y: (value: number) => number,
  until: number,
  pixel: number,
): void {
  const stroke = color(name);
  const end = time.at(-1)!, value = values.at(-1)!;
  if (slope && until > end) {
    ctx.fillStyle = withAlpha(stroke, 0.18);
    ctx.beginPath();
    ctx.moveTo(x(end), y(value));
    ctx.lineTo(x(until), y(value + slope[2] * (until - end)));
    ctx.lineTo(x(until), y(value + slope[0] * (until - end)));
    ctx.fill();
  }
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * pixel;
  ctx.setLineDash([6 * pixel, 4 * pixel]);
  ctx.beginPath();
  time.forEach((at, i) => i ? ctx.lineTo(x(at), y(values[i]!)) : ctx.moveTo(x(at), y(values[i]!)));
  if (slope && until > end) ctx.lineTo(x(until), y(value + slope[1] * (until - end)));
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
