/**
 * What a service that is started again within the same boot needs to go on: when the watch began, from what
 * baseline, and what the detector knew. Kept in the unit's StateDirectory; without one every start is a first one.
 */

import * as z from "zod/mini";
import { readSmallFile, replaceFileLater } from "../../store/files.ts";
import { gunzipText, gzipText } from "./gzip_text.ts";

const SCHEMA = "leakwatch.boot/2";

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

/** The detector has 24 MiB for its history, which is compressed. */
const MAX_BYTES = 64 * 1024 ** 2;

const seconds = z.number().check(z.minimum(0), z.maximum(1e11));
/** As it lies in the file: of a thousand processes half of which move, the detector knows megabytes. */
const schema = z.object({
  schema: z.literal(SCHEMA),
  boot: z.string(),
  started_at_seconds: seconds,
  time_seconds: z.optional(seconds),
  baseline_used_bytes: z.nullable(z.number()),
  done: z.boolean(),
  growth_gzip: z.base64(),
  alerts: z.optional(z.unknown()),
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
  async read(boot: string): Promise<BootProgress | null> {
    if (!this.#path) return null;
    try {
      const kept = schema.parse(JSON.parse(readSmallFile(this.#path, MAX_BYTES)));
      if (kept.boot !== boot) return null;
      const { growth_gzip, ...progress } = kept;
      return { ...progress, growth: JSON.parse(await gunzipText(growth_gzip)) };
    } catch {
      return null;
    }
  }

  /**
   * `growth`: the detector's state as JSON, in parts; between them others have their turn. Never rejects: progress that cannot be
   * kept costs a later start its memory, nothing else.
   */
  async write(
    { growth, ...progress }: Omit<BootProgress, "schema" | "growth"> & { growth: Iterable<string> },
  ): Promise<void> {
    if (!this.#path) return;
    try {
      const kept: z.infer<typeof schema> = {
        schema: SCHEMA,
        ...progress,
        growth_gzip: await gzipText(growth),
      };
      await replaceFileLater(this.#path, new TextEncoder().encode(JSON.stringify(kept)));
    } catch {
      // The logs' own errors tell of a full disk.
    }
  }
}
