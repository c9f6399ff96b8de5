/** What reading processes may cost, and what that comes to for each kind of them. */

/** Share of one processor that leakwatch aims to take, unless told otherwise. */
const CPU_BUDGET = 0.01;
/** Of that, what reading processes may take; the rest is for judging, logging and everything else that is read. */
const READING_SHARE = 0.5;
/** Everybody is read this often at least, whatever it costs. */
export const LONGEST_SECONDS = 10;
/** A process that holds still is read this often where there is room for that. */
const REST_SECONDS = 5;
/** What one reading costs, before it was measured and at the limits of what is believed (a busy machine counts for dear). */
const FIRST_COST_SECONDS = 6e-6, MIN_COST_SECONDS = 2e-6, MAX_COST_SECONDS = 12e-6;
/** How much of a new measurement is believed. */
const SMOOTHING = 0.1;
/** So many processes have their status and stat as often as one of few; of more, they have it more seldom, down to this. */
const FEW = 1000, MAX_STRETCH = 4;

export interface Population {
  /** Suspects, read at each pass. */
  watched: number;
  /** Those that just grew fast; read at each pass while they are few. */
  fast: number;
  moving: number;
  still: number;
}

export class ReadingBudget {
  /** Of those that move, how many are read in this pass. */
  moving_reads = Infinity;
  /** How long one that holds still is left alone. */
  rest_seconds = REST_SECONDS;
  /** How much more seldom what is read beside statm is read. */
  stretch = 1;
  /** Whether those that grow fast are so few that they can all be read at each pass. */
  has_room_for_fast = true;
  #cost = FIRST_COST_SECONDS;

  constructor(readonly cpu_budget = CPU_BUDGET) {}

  /** Takes what reading so many processes took. */
  measured(readings: number, seconds: number): void {
    if (readings < 50) return;
    const each = Math.min(MAX_COST_SECONDS, Math.max(MIN_COST_SECONDS, seconds / readings));
    this.#cost += SMOOTHING * (each - this.#cost);
  }

  /** Divides what can be read in a pass that follows the one before by so many seconds. */
  divide({ watched, fast, moving: slow, still }: Population, gapSeconds: number): void {
    this.stretch = Math.min(MAX_STRETCH, Math.max(1, (watched + fast + slow + still) / FEW));
    // All are read anyway.
    const gap = Math.min(gapSeconds, LONGEST_SECONDS);
    const perSecond = this.cpu_budget * READING_SHARE / this.#cost;
    this.has_room_for_fast = watched + fast <= perSecond * gap / 2;
    const moving = this.has_room_for_fast ? slow : slow + fast;
    const left = perSecond - (this.has_room_for_fast ? watched + fast : watched) / gap;
    const forMoving = (restSeconds: number) => left - still / restSeconds;
    // First those that move become fewer per pass, down to a turn in as long as the still ones rest; then both do.
    this.rest_seconds = forMoving(REST_SECONDS) >= moving / REST_SECONDS ? REST_SECONDS : LONGEST_SECONDS;
    const atLeast = moving / LONGEST_SECONDS;
    this.moving_reads = Math.ceil(Math.max(atLeast, forMoving(this.rest_seconds)) * gap);
  }
}
