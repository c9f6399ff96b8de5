/** The alerts log of the session: `store` writes it, so all that comes here is handed on. */

import type { Alert } from "../model/finding.ts";
import type { Sink } from "./sink.ts";

export class LogSink implements Sink {
  readonly name = "log";

  /** `write` must not throw; a log that cannot be written is the store's to report. */
  constructor(readonly send: (alert: Alert) => void) {}

  error(): null {
    return null;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
