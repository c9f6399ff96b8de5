import { parse } from "csv-parse/sync";

/** A recorded host: one value a minute, gaps left out. */
export interface RealSeries {
  name: string;
  leaks: boolean;
  unit: "percent" | "bytes";
  times: number[];
  values: number[];
}

/** Reads a folder of CSV files (Timestamp and one value column) with labels.csv (File, Expected, …) beside them. */
export function readRealSeries(folder: string): RealSeries[] {
  const labels = parse(Deno.readTextFileSync(`${folder}/labels.csv`), { columns: true }) as Record<
    string,
    string
  >[];
  return labels.map(({ File, Expected }) => {
    const [header, ...lines] = Deno.readTextFileSync(`${folder}/${File}`).trimEnd().split(/\r?\n/);
    const percent = header!.endsWith("_Percent");
    const rows = lines.map((line) => line.split(","));
    return {
      name: File!,
      leaks: Expected === "leak",
      unit: percent ? "percent" : "bytes",
      times: rows.map((row) => Date.parse(row[0]!) / 1000),
      values: rows.map((row) => Number(row[1]) * (percent ? 1 : 1024)),
    };
  });
}

/** Windows of this length, every `stepSeconds`, that hold at least 80 % of their minutes. */
export function* windowsOf(
  series: RealSeries,
  lengthSeconds: number,
  stepSeconds: number,
): Generator<RealSeries> {
  const { times, values } = series, end = times.at(-1)!;
  let from = 0;
  for (let start = times[0]!; start + lengthSeconds <= end + 60; start += stepSeconds) {
    while (from < times.length && times[from]! < start) from++;
    let to = from;
    while (to < times.length && times[to]! < start + lengthSeconds) to++;
    if (to - from < (0.8 * lengthSeconds) / 60) continue;
    yield { ...series, times: times.slice(from, to), values: values.slice(from, to) };
  }
}

/** A leak of so many points laid over a healthy window whose level is moved to 45 %, from the start or from a quarter on. */
export function withLeak(window: RealSeries, points: number, onset: 0 | 0.25): RealSeries {
  const sorted = [...window.values].sort((a, b) => a - b), middle = sorted[sorted.length >> 1]!;
  const start = window.times[0]!, length = window.times.at(-1)! - start;
  const values = window.values.map((value, i) => {
    const at = (window.times[i]! - start) / length;
    const leaked = points * Math.max(0, (at - onset) / (1 - onset));
    return Math.max(0, Math.min(100, value - middle + 45 + leaked));
  });
  return { ...window, leaks: true, values };
}
