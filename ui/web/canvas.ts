/** Strokes and fills that charts share. */

export function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

export function withAlpha(rgb: string, alpha: number): string {
  const numbers = rgb.match(/[\d.]+/g)?.slice(0, 3).join(", ");
  return `rgba(${numbers}, ${alpha})`;
}

/** Diagonal lines: memory that nobody accounts for is marked by more than a colour. */
export function hatch(stroke: string, paper: string): CanvasPattern | string {
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
