/** Where the kernel's trees are mounted; recorded or containerised trees are read by naming other roots. */
export interface Roots {
  proc: string;
  sys: string;
  /** The trees of the machine that we run on; left out: recorded ones, or another machine's. */
  is_live?: boolean;
}

export const LIVE_ROOTS: Roots = { proc: "/proc", sys: "/sys", is_live: true };

/** The trees at these paths. */
export const rootsAt = (proc: string, sys: string): Roots => ({
  proc,
  sys,
  is_live: proc === LIVE_ROOTS.proc,
});
