/** Numbers and times straight from the bytes of a field, as a long recording has millions of them. */

/** What a field holds; the number itself is in `parsed.number`. */
export const NUMBER_CELL = 0, MISSING_CELL = 1, TEXT_CELL = 2;

export const parsed = { number: NaN };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What exports write where there is no value. */
const MISSING = new Set(["", "nan", "null", "none", "n/a", "-", "inf", "+inf", "-inf"]);
/** 10^n that doubles hold exactly; an integer below 2^53 divided by one is rounded once, as Number() would. */
const POWERS = Array.from({ length: 16 }, (_, n) => 10 ** n);
const decoder = new TextDecoder();

/** Tells what the bytes from start to end are. */
export function parseCell(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return MISSING_CELL;
  let value = 0, digits = 0, decimals = -1;
  const negative = bytes[start] === 45;
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === 46 && decimals < 0) decimals = 0;
    else return parseUnusual(bytes, start, end);
  }
  if (digits === 0 || digits > 15) return parseUnusual(bytes, start, end);
  if (decimals > 0) value /= POWERS[decimals]!;
  parsed.number = negative ? -value : value;
  return NUMBER_CELL;
}

/** Signs, exponents, blanks around, more digits than fit. */
function parseUnusual(bytes: Uint8Array, start: number, end: number): number {
  const text = decoder.decode(bytes.subarray(start, end)).trim();
  if (NUMBER.test(text)) {
    parsed.number = Number(text);
    return NUMBER_CELL;
  }
  return MISSING.has(text.toLowerCase()) ? MISSING_CELL : TEXT_CELL;
}

/** Milliseconds have thirteen digits from 2001 to 2286, seconds have ten. */
const MIN_MILLISECONDS = 1e11;

/** Unix seconds of RFC 3339, "YYYY-MM-DD HH:MM:SS[ UTC]", epoch seconds or milliseconds; NaN for anything else. */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  const seconds = parseUtc(bytes, start, end);
  if (!Number.isNaN(seconds)) return seconds;
  if (parseCell(bytes, start, end) === NUMBER_CELL) {
    return Math.abs(parsed.number) >= MIN_MILLISECONDS ? parsed.number / 1000 : parsed.number;
  }
  const text = decoder.decode(bytes.subarray(start, end)).trim();
  return Date.parse(text.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/, "$1T$2").replace(/ UTC$/, "Z")) / 1000;
}

/** `2026-11-20T12:53:14Z`, with or without milliseconds, as our logs have it; NaN for any other form. */
function parseUtc(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if ((length !== 20 && length !== 24) || bytes[end - 1] !== 90 || bytes[start + 10] !== 84) return NaN;
  if (bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return NaN;
  if (bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return NaN;
  const year = 100 * two(bytes, start) + two(bytes, start + 2), month = two(bytes, start + 5);
  const day = two(bytes, start + 8), hour = two(bytes, start + 11);
  const minute = two(bytes, start + 14), second = two(bytes, start + 17);
  // The last days of a month are left to Date.parse, which knows how many it has.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59)) {
    return NaN;
  }
  let milliseconds = 0;
  if (length === 24) {
    if (bytes[start + 19] !== 46) return NaN;
    milliseconds = 10 * two(bytes, start + 20) + (two(bytes, start + 21) % 10);
  }
  return daysTo(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second + milliseconds / 1000;
}

/** Two digits; NaN where they are none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48, ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}

/** Days from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms": days_from_civil). */
function daysTo(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year, era = Math.floor(y / 400), ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
