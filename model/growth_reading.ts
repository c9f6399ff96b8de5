/** Growth that stays, as the alert rules judge it (rules/alerts/growth.ts) and /metrics exports it. */

export interface GrowthReading {
  /** Rise of the floor over the growth period, in the unit of the series; NaN before there is enough to compare. */
  rise: number;
  /** The same as a share of the old floor. */
  ratio: number;
  /** How long it has been watched, at most the growth period. */
  window_seconds: number;
}

export interface GrowthReadings {
  slab_unreclaimable: GrowthReading;
  unaccounted: GrowthReading;
  dying_cgroups: GrowthReading;
  /** leakwatch's own resident memory. */
  own: GrowthReading;
  /** null where the process is not watched. */
  process(pid: number, start_ticks: number): GrowthReading | null;
}
