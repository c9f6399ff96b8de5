/**
 * What a service that is started again within the same boot needs to go on: when the watch began, from what
 * baseline, and what the detector knew. Kept in the unit's StateDirectory; without one every start is a first one.
 */

import type { LeakDetectorJson } from "../../rules/findings/mod.ts";
import { replaceFileLater } from "../../store/files.ts";
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
  growth: LeakDetectorJson | null;
  /** What fires, so that nobody is told twice: AlertEngine.toJSON. */
  alerts?: unknown;
}

/** As it lies in the file: of a thousand processes half of which move, the detector knows megabytes. */
interface Kept extends Omit<BootProgress, "growth"> {
  /** base64 */
  growth_gzip: string;
}

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
      const kept = JSON.parse(await Deno.readTextFile(this.#path)) as Kept;
      if (kept?.schema !== SCHEMA || kept.boot !== boot) return null;
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
      const kept: Kept = { schema: SCHEMA, ...progress, growth_gzip: await gzipText(growth) };
      await replaceFileLater(this.#path, new TextEncoder().encode(JSON.stringify(kept)));
    } catch {
      // The logs' own errors tell of a full disk.
    }
  }
}
