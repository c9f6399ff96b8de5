/** The window of a fleet's history, and the step it is read with. */

export interface FleetWindow {
  start_seconds: number;
  end_seconds: number;
}

/** Points a lifetime of the whole window is read with; Prometheus gives at most 11,000. */
const POINTS = 512;
/** Of a fleet with more points than this at 512 each, half as many are read. */
const MANY_POINTS = 40_000_000;

/**
 * Seconds between two points: a 512th of the window in whole minutes, and at least two scrapes, so that every average has
 * a sample. Starts and ends of queries are multiples of it.
 */
export function stepOf(window: FleetWindow, scrapeIntervalSeconds: number, points = POINTS): number {
  const span = window.end_seconds - window.start_seconds;
  return Math.max(Math.ceil(scrapeIntervalSeconds * 2 / 60) * 60, Math.ceil(span / points / 60) * 60);
}

/** Points per lifetime: fewer where the fleet is so large that reading them all would take minutes. */
export const pointsFor = (estimatedPoints: number): number =>
  estimatedPoints > MANY_POINTS ? POINTS / 2 : POINTS;

/** The window in multiples of the step; its first point averages the first step. */
export function alignedRange({ start_seconds, end_seconds }: FleetWindow, step: number) {
  return {
    start_seconds: Math.floor(start_seconds / step) * step + step,
    end_seconds: Math.ceil(end_seconds / step) * step,
    step_seconds: step,
  };
}
