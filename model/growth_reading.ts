/** Growth that stays, from the detector's series (rules/detector/floor_rise.ts): what alert rules compare and /metrics exports. */

export interface GrowthReading {
  /** Rise of the floor over the growth period, in the unit of the series; NaN before there is enough to compare. */
  rise: number;
  /** The same as a share of the old floor. */
  ratio: number;
  /** How long it has been watched, at most the growth period. */
  window_seconds: number;
}

/** Where growth is asked for: the detector. Keys are those of its series; null: no such series is watched. */
export interface GrowthSource {
  growthOf(key: string, periodSeconds: number): GrowthReading | null;
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
