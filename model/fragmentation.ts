/**
 * Share of the free memory that cannot serve an allocation of each order: (free − suitable·2^order) / free, as
 * `unusable_free_index` of mm/vmstat.c has it; 1 where nothing is free.
 */
export function unusableShares(freeBlocks: readonly number[]): number[] {
  const free = freeBlocks.reduce((sum, blocks, order) => sum + blocks * 2 ** order, 0);
  let tooSmall = 0;
  return freeBlocks.map((blocks, order) => {
    const share = free === 0 ? 1 : tooSmall / free;
    tooSmall += blocks * 2 ** order;
    return share;
  });
}
