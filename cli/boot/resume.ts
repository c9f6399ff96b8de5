/**
 * What a service that is started again within the same boot needs to go on: when the watch began, from what
 * baseline, and what the detector knew. Kept in the unit's StateDirectory; without one every start is a first one.
 */

import { z } from "zod";
import { readSmallFile, replaceFile } from "../../store/files.ts";

const SCHEMA = "leakwatch.boot/1";

export interface BootProgress {
  schema: typeof SCHEMA;
  /** boot_id and the start of process 1: a container shares the boot_id of its host. */
  boot: string;
  /** Unix seconds. */
  started_at_seconds: number;
  /** The last sample, on the axis of the samples. */
  time_seconds?: number;
  /** Used memory at the first sample of this boot. */
  baseline_used_bytes: number | null;
  /** The watch was carried to its end. */
  done: boolean;
  /** LeakDetector.toJSON, which is checked where it is taken up again. */
  growth?: unknown;
  /** What fires, so that nobody is told twice: AlertEngine.toJSON. */
  alerts?: unknown;
}

/** The detector has 24 MiB for its history. */
const MAX_BYTES = 64 * 1024 ** 2;

const seconds = z.number().min(0).max(1e11);
const schema = z.object({
  schema: z.literal(SCHEMA),
  boot: z.string(),
  started_at_seconds: seconds,
  time_seconds: seconds.optional(),
  baseline_used_bytes: z.number().nullable(),
  done: z.boolean(),
  growth: z.unknown().optional(),
  alerts: z.unknown().optional(),
});

/** Tells one boot from another, for the machine or container whose /proc this is. */
export function readBootKey(proc: string): string {
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(`${proc}/${path}`).trim();
    } catch {
      return "";
    }
  };
  const init = read("1/stat");
  return `${read("sys/kernel/random/boot_id")}:${init.slice(init.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
}

export class BootProgressFile {
  readonly #path: string | null;

  /** `directory`: systemd's STATE_DIRECTORY; without one nothing is kept. */
  constructor(directory = Deno.env.get("STATE_DIRECTORY")) {
    this.#path = directory ? `${directory.split(":")[0]}/boot.json` : null;
  }

  /** What an earlier start of this same boot left; null for the first one. */
  read(boot: string): BootProgress | null {
    if (!this.#path) return null;
    try {
      const progress = schema.parse(JSON.parse(readSmallFile(this.#path, MAX_BYTES)));
      return progress.boot === boot ? progress : null;
    } catch {
      return null;
    }
  }

  /** Never throws: progress that cannot be kept costs a later start its memory, nothing else. */
  write(progress: Omit<BootProgress, "schema">): void {
    if (!this.#path) return;
    try {
      replaceFile(this.#path, JSON.stringify({ schema: SCHEMA, ...progress }));
    } catch {
      // The logs' own errors tell of a full disk.
    }
  }
}
