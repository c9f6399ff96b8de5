/**
 * How often a wrong token may be shown, over all connections of one address, or of one user of this machine. A person who mistypes, and a scraper with last
 * week's token, never meet the limit; whoever does is not even compared until his allowance has grown again.
 */

const MAX_GUESSES = 10;
const SECONDS_PER_GUESS = 6;
/** Addresses remembered; beyond, the one that guessed least recently is forgotten. */
const MAX_ADDRESSES = 1024;
const MAX_CHARACTERS = 200;

interface Allowance {
  guesses: number;
  at_seconds: number;
  /** What was shown last. */
  last: string;
}

export class GuessLimit {
  readonly #allowances = new Map<string, Allowance>();
  readonly #now: () => number;
  #lastGuess = -Infinity;

  /** `now` counts seconds. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Whether another wrong one would be too many. Whose it would be is asked for only while there have been wrong ones. */
  isExhausted(address: () => string): boolean {
    if (this.#now() - this.#lastGuess > MAX_GUESSES * SECONDS_PER_GUESS) this.#allowances.clear();
    return this.#allowances.size > 0 && this.#left(originOf(address())) < 1;
  }

  /** Notes a wrong one. The same once more is no further guess: a page left open has an old cookie, a scraper an old token. */
  record(address: string, guess: string): void {
    this.#lastGuess = this.#now();
    const origin = originOf(address);
    const last = guess.slice(0, MAX_CHARACTERS);
    if (this.#allowances.get(origin)?.last === last) return;
    const left = this.#left(origin);
    this.#allowances.delete(origin);
    this.#allowances.set(origin, { guesses: Math.max(0, left - 1), at_seconds: this.#now(), last });
    if (this.#allowances.size > MAX_ADDRESSES) {
      this.#allowances.delete(this.#allowances.keys().next().value!);
    }
  }

  #left(origin: string): number {
    const known = this.#allowances.get(origin);
    if (!known) return MAX_GUESSES;
    return Math.min(MAX_GUESSES, known.guesses + (this.#now() - known.at_seconds) / SECONDS_PER_GUESS);
  }
}

/** One host has a whole IPv6 network of 64 bits (RFC 4291 §2.5.4) to choose addresses from; a zone is no part of it. Pure. */
export function originOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i);
  if (mapped) return mapped[1]!;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill("0"), ...right].slice(0, 4).join(":").toLowerCase();
}
