/** A turning point: index of the bucket, and whether it is a peak or a trough. */
export interface Turn {
  index: number;
  peak: boolean;
}

/** Turning points whose swings reach `swing`. */
export function turningPoints(values: ArrayLike<number>, swing: number): Turn[] {
  const turns: Turn[] = [];
  let high = 0, low = 0, direction = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > values[high]!) high = i;
    if (value < values[low]!) low = i;
    if (direction >= 0 && values[high]! - value >= swing) {
      turns.push({ index: high, peak: true });
      direction = -1;
      high = low = i;
    } else if (direction <= 0 && value - values[low]! >= swing) {
      turns.push({ index: low, peak: false });
      direction = 1;
      high = low = i;
    }
  }
  return turns;
}

/** A saw falls at least twice as fast as it rises. */
export function isSawtooth(turns: readonly Turn[]): boolean {
  let rises = 0, rising = 0, falls = 0, falling = 0;
  for (let i = 1; i < turns.length; i++) {
    const length = turns[i]!.index - turns[i - 1]!.index;
    if (turns[i]!.peak) {
      rises++;
      rising += length;
    } else {
      falls++;
      falling += length;
    }
  }
  return rises > 0 && falls > 0 && falling / falls < 0.5 * (rising / rises);
}
