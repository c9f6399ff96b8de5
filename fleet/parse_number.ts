/** Numbers in ASCII bytes, without a string in between: a fleet's answer holds millions of them. Pure. */

const MINUS = 45, DOT = 46, ZERO = 48, NINE = 57, LOWER_E = 101;
/** Above this a double no longer counts in ones; further digits only scale. */
const MANTISSA_LIMIT = 2 ** 53 / 10 - 1;
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** Position behind what `parsePlain` read last. */
export let plainEnd = 0;

/** Digits with at most one dot among them, as `parseNumber` reads them but in one pass; NaN for all else. Sets `plainEnd`. */
export function parsePlain(bytes: Uint8Array, from: number): number {
  const length = bytes.length;
  let at = from, mantissa = 0, decimals = 0, fraction = false;
  for (; at < length; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      if (mantissa <= MANTISSA_LIMIT) {
        mantissa = mantissa * 10 + byte - ZERO;
        if (fraction) decimals++;
      } else if (!fraction) return NaN;
    } else if (byte === DOT && !fraction) fraction = true;
    else break;
  }
  plainEnd = at;
  const digits = at - from - (fraction ? 1 : 0);
  if (digits === 0 || decimals > 22) return NaN;
  return decimals === 0 ? mantissa : mantissa / POWERS[decimals]!;
}

/** A decimal number in ASCII bytes, correct to 1 in 10^15; NaN for `NaN`, `+Inf` and whatever is no number. */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! <= 32) at++;
  while (to > at && bytes[to - 1]! <= 32) to--;
  const negative = bytes[at] === MINUS && at < to;
  if (negative) at++;
  let mantissa = 0, exponent = 0, digits = 0, fraction = false;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      digits++;
      if (mantissa <= MANTISSA_LIMIT) {
        mantissa = mantissa * 10 + byte - ZERO;
        if (fraction) exponent--;
      } else if (!fraction) exponent++;
    } else if (byte === DOT && !fraction) fraction = true;
    else break;
  }
  if (digits === 0) return NaN;
  if (at < to) {
    if ((bytes[at]! | 32) !== LOWER_E) return NaN;
    const written = parseExponent(bytes, at + 1, to);
    if (Number.isNaN(written)) return NaN;
    exponent += written;
  }
  const value = exponent === 0
    ? mantissa
    : exponent < 0
    ? exponent >= -22 ? mantissa / POWERS[-exponent]! : mantissa * 10 ** exponent
    : exponent <= 22
    ? mantissa * POWERS[exponent]!
    : mantissa * 10 ** exponent;
  return negative ? -value : value;
}

function parseExponent(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === 43) at++;
  if (at >= to) return NaN;
  let value = 0;
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = Math.min(9999, value * 10 + digit);
  }
  return negative ? -value : value;
}
