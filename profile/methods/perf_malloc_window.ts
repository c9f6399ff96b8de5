/** How long and how deep allocations may be recorded at a given rate. Pure; figures measured on two processors. */

export interface MallocWindow {
  seconds: number;
  stack_bytes: number;
}

/** Up to here the rate is kept and some percent of a CPU are used. */
const EASY_RATE = 5000;
/** 100,000 a second were throttled to 41,000; above this it is refused. */
const MAX_RATE = 20_000;
const SHORT_SECONDS = 3;
/** What perf writes for one allocation besides the stack: three records with their headers and registers. */
const RECORD_BYTES = 500;
/** From deep to shallow: the deepest that fits; frames with large local arrays need it. */
const STACK_BYTES = [8192, 4096, 2048, 1024];
/** Copied stacks a second: more would fill the buffers of a busy machine, and what is lost there are frees, too. */
const MAX_BYTES_PER_SECOND = 8 << 20;
/** A window shorter than this tells caches from leaks no more. */
const MIN_SECONDS = 2;

/** null: too many to record at all. Shortens the window rather than the stacks below 1 KiB. */
export function windowForRate(rate: number, seconds: number, max_bytes: number): MallocWindow | null {
  if (rate > MAX_RATE) return null;
  const wanted = rate > EASY_RATE ? Math.min(seconds, SHORT_SECONDS) : seconds;
  // Half of the bound: rates rise.
  const budget = max_bytes / 2 / Math.max(rate, 1);
  const fits = (bytes: number) =>
    (bytes + RECORD_BYTES) * wanted <= budget && bytes * rate <= MAX_BYTES_PER_SECOND;
  const stack_bytes = STACK_BYTES.find(fits) ?? STACK_BYTES.at(-1)!;
  const fitting = Math.min(wanted, Math.floor(budget / (stack_bytes + RECORD_BYTES)));
  return fitting < Math.min(MIN_SECONDS, seconds) ? null : { seconds: fitting, stack_bytes };
}
