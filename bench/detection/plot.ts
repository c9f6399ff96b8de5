/** A line chart as SVG: one line per name, x logarithmic. Drawn here because a chart library would need a browser. */

const WIDTH = 720, HEIGHT = 400, LEFT = 60, RIGHT = 110, TOP = 44, BOTTOM = 52;
const COLORS = ["#b45309", "#0f766e", "#4338ca", "#be123c"];

export function foundPlot(x: readonly number[], lines: Readonly<Record<string, readonly number[]>>): string {
  const low = Math.log(x[0]!), high = Math.log(x.at(-1)!);
  const px = (value: number) => LEFT + ((Math.log(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const py = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [];
  const text = (tx: number, ty: number, content: string, more = "") =>
    parts.push(`<text x="${tx.toFixed(1)}" y="${ty.toFixed(1)}" ${more}>${content}</text>`);
  text(
    LEFT,
    24,
    "Leaks found, by growth over the window in standard deviations of the noise",
    'font-weight="600"',
  );
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(`<path d="M${LEFT} ${py(share)}H${WIDTH - RIGHT}" stroke="#d4d4d8"/>`);
    text(LEFT - 8, py(share) + 4, `${share * 100} %`, 'text-anchor="end"');
  }
  for (const value of x) text(px(value), HEIGHT - BOTTOM + 20, String(value), 'text-anchor="middle"');
  text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "growth ÷ noise (logarithmic)", 'text-anchor="middle"');
  Object.entries(lines).forEach(([name, shares], i) => {
    const color = COLORS[i % COLORS.length]!;
    const path = shares.map((share, k) => `${k ? "L" : "M"}${px(x[k]!).toFixed(1)} ${py(share).toFixed(1)}`)
      .join("");
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>`);
    text(
      WIDTH - RIGHT + 8,
      py(shares.at(-1)!) + 4 + i * 14 * (shares.at(-1)! > 0.9 ? 1 : 0),
      name,
      `fill="${color}"`,
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("")}</svg>\n`;
}
