/** What a scenario is: a real program, its load, and what is true of it. */

export const MIB = 1024 * 1024;

/** What grows: the finding that tells the truth about the program. */
export type LeakKind =
  | "process-memory"
  | "process-descriptors"
  | "process-threads"
  | "process-mappings"
  | "shared-memory"
  | "tmpfs";

/** Places and ports a scenario may use while it runs. */
export interface Context {
  /** An empty directory of its own. */
  folder: string;
  /** Compiled programs. */
  built: string;
  /** Sources, for interpreters. */
  programs: string;
  /** What `prepare.ts` made once: databases, a file of 400 MiB, pages. */
  prepared: string;
  /** A tmpfs of its own where the scenario asks for one. */
  tmpfs: string;
  /** Its own; `port + 1` to `port + 4` are free too. */
  port: number;
  /** A web server that answers any `/page/N` with 8 KiB. */
  originPort: number;
}

/** When a load runs. Both may be absent: always. */
export interface Timing {
  /** Works for `on`, rests for `off` seconds, in turns. */
  bursts?: { on: number; off: number };
  /** Begins so many seconds after the program. */
  startsAfter?: number;
}

/** Requests that the recorder makes, paced by the clock: one that is late is made up for. */
export type Load =
  & Timing
  & { per_second: number }
  & (
    | { over: "http"; url: (number: number) => string; body?: (number: number) => string }
    /** Commands of the RESP (redis) or memcached text protocol over one connection. */
    | { over: "tcp"; port: number; line: (number: number) => string }
    /** Lines into the standard input of the scenario's client. */
    | { over: "stdin"; line: (number: number) => string }
  );

export interface Scenario {
  name: string;
  /** What it does, in one sentence; for leaks: what is lost. */
  what: string;
  truth: "healthy" | "leak";
  /** What grows; null where healthy. */
  kind: LeakKind | null;
  /** By design, per hour, in bytes or objects; null where only a measurement tells. */
  rate_per_hour: number | null;
  /** The most it will hold by its own declaration (option or configuration), and where that is said. */
  declared_cap: { bytes: number; where: string } | null;
  /** Seconds from its start until it is level, or until the leak begins. */
  warm_up_seconds: number;
  /** Executables without which it is left out. */
  needs: string[];
  /** What `prepare.ts` has to make for it: compiled programs and data. */
  uses: string[];
  /** User it runs as; root where absent. */
  user?: string;
  /** What findings call the shared memory that it leaks: the machine's total of a kind, or a mount not its own. */
  shared_names?: string[];
  /** Has a tmpfs of its own, so many MiB. */
  tmpfs_mib?: number;
  /** Makes configuration and data in its folder before the start. */
  prepare?: (context: Context) => Promise<void> | void;
  command: (context: Context) => string[];
  /** A second program that works with the first, started once that answers on its port. */
  client?: (context: Context) => string[];
  load?: (context: Context) => Load[];
  /** Name of the process that leaks, where that is not the one started. */
  leaks_in?: RegExp;
}

type Optional = "kind" | "rate_per_hour" | "declared_cap" | "warm_up_seconds" | "needs" | "uses";
type Given = Omit<Scenario, Optional | "truth"> & Partial<Pick<Scenario, Optional>>;

/** A healthy program; what is left out does not apply. */
export const healthy = (given: Given): Scenario => ({ ...DEFAULTS, truth: "healthy", kind: null, ...given });

/** A program that leaks memory of its own unless it says otherwise. */
export const leak = (given: Given): Scenario => ({
  ...DEFAULTS,
  truth: "leak",
  kind: "process-memory",
  ...given,
});

const DEFAULTS = { rate_per_hour: null, declared_cap: null, warm_up_seconds: 0, needs: [], uses: [] };

/** Requests to the program's own port. */
export function requests(per_second: number, timing: Timing = {}): (context: Context) => Load[] {
  return ({ port }) => [{ over: "http", per_second, url: () => `http://127.0.0.1:${port}/`, ...timing }];
}

/** `bytes` per request at `per_second`, as bytes per hour. */
export function perHour(bytes: number, per_second: number): number {
  return bytes * per_second * 3600;
}
