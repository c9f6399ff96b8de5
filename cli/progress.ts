/** The progress line on stderr: a bar, what is being done, how long it takes. Only where a person watches. */

import { Presets, SingleBar } from "cli-progress";
import process from "node:process";

export interface Progress {
  /** `done` from 0 to 1, and the words beside the bar. */
  update(done: number, words: string): void;
  /** Takes the line away. */
  stop(): void;
}

const SILENT: Progress = { update() {}, stop() {} };
const BAR_COLUMNS = 12;

/** A progress line; silent where stderr is no terminal or `quiet` is asked for. */
export function startProgress(options: { quiet: boolean }): Progress {
  if (options.quiet || !Deno.stderr.isTerminal()) return SILENT;
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{bar} {words}",
    barsize: BAR_COLUMNS,
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    fps: 4,
    // Ctrl-C belongs to the window, which still reports; the library would only restore the cursor, as stop() does.
    gracefulExit: false,
  }, Presets.shades_classic);
  bar.start(1, 0, { words: "" });
  // A second Ctrl-C quits at once: the terminal gets its cursor and its line wrapping back all the same.
  const restore = () => bar.stop();
  globalThis.addEventListener("unload", restore);
  return {
    update: (done, words) => bar.update(Math.min(1, Math.max(0, done)), { words }),
    stop: () => {
      globalThis.removeEventListener("unload", restore);
      restore();
    },
  };
}
