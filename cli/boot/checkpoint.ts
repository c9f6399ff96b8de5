/** Keeps what a service that is killed and started again needs to go on with the same boot. */

import type { Evaluation } from "../../model/evaluation.ts";
import { usedBytes } from "../../store/derived_metrics.ts";
import type { Pipeline } from "../pipeline.ts";
import type { EndReason, Observer } from "../sample_loop.ts";
import type { BootProgress, BootProgressFile } from "./resume.ts";

/** The detector's memory is some hundred KB: not at every sample. */
const WRITE_SECONDS = 300;

export interface CheckpointWriterOptions {
  file: BootProgressFile;
  boot: string;
  /** The watch that this one goes on with. */
  before: BootProgress | null;
  pipeline: Pick<Pipeline, "detector" | "engine">;
}

export class CheckpointWriter implements Observer {
  readonly #options: CheckpointWriterOptions;
  #started: number | null = null;
  #firstUsedBytes: number | null = null;
  #time = 0;
  #lastWrite = -Infinity;

  constructor(options: CheckpointWriterOptions) {
    this.#options = options;
  }

  async observe({ sample }: Evaluation): Promise<void> {
    this.#firstUsedBytes ??= this.#options.before?.baseline_used_bytes ??
      (sample.memory && usedBytes(sample.memory));
    this.#started ??= this.#options.before?.started_at_seconds ?? sample.wall_seconds;
    this.#time = sample.time_seconds;
    if (sample.time_seconds - this.#lastWrite < WRITE_SECONDS) return;
    this.#lastWrite = sample.time_seconds;
    await this.#write(false);
  }

  async close(reason: EndReason): Promise<void> {
    if (this.#started !== null) await this.#write(reason === "duration");
  }

  async #write(done: boolean): Promise<void> {
    const { file, boot, pipeline } = this.#options;
    await file.write({
      boot,
      started_at_seconds: this.#started!,
      time_seconds: this.#time,
      baseline_used_bytes: this.#firstUsedBytes,
      done,
      growth: pipeline.detector.toJSONParts(),
      alerts: pipeline.engine.toJSON(),
    });
  }
}
