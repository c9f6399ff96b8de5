import type { Unit } from "./finding.ts";

const SIZES: readonly [number, string][] = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [
  2 ** 10,
  "KiB",
]];

/** An amount for a sentence: three digits, its unit ("92.3 MiB", "14 %", "812"). */
export function amount(value: number, unit: Unit): string {
  if (unit === "percent") return `${threeDigits(value)} %`;
  if (unit === "count") return threeDigits(value);
  for (const [size, name] of SIZES) {
    if (Math.abs(value) >= size) return `${threeDigits(value / size)} ${name}`;
  }
  return `${Math.round(value)} B`;
}

/** A span of time for a sentence ("75 s", "55 min", "3.2 h", "2.5 d"). */
export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 999.5) return String(Math.round(value));
  const text = value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.01 || size === 0 ? 2 : 4);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
