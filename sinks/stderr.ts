/** Alerts as lines on stderr; under systemd with the `<N>` prefix from which the journal takes the priority. */

import { groupAlerts, groupLine } from "../model/alert_line.ts";
import type { Alert } from "../model/finding.ts";
import type { StderrConfig } from "../model/sink_config.ts";
import { alertLine, type Sink, syslogPriority } from "./sink.ts";

export class StderrSink implements Sink {
  readonly name: string;
  readonly #write: (line: string) => void;
  readonly #prefixed: boolean;

  /** `write` gets a line without its end. JOURNAL_STREAM is what systemd sets where stderr is the journal. */
  constructor(
    config: StderrConfig,
    write: (line: string) => void,
    isJournal = Deno.env.has("JOURNAL_STREAM"),
  ) {
    this.name = config.name ?? "stderr";
    this.#write = write;
    this.#prefixed = isJournal;
  }

  send(alert: Alert): void {
    const prefix = this.#prefixed ? `<${syslogPriority(alert)}>` : "";
    this.#write(prefix + alertLine(alert));
  }

  sendAll(alerts: readonly Alert[]): void {
    for (const state of ["firing", "resolved"] as const) {
      for (const group of groupAlerts(alerts.filter((alert) => alert.state === state))) {
        const [first, ...others] = group.alerts;
        if (others.length === 0) this.send(first!);
        else {
          const prefix = this.#prefixed ? `<${syslogPriority({ ...first!, severity: group.severity })}>` : "";
          this.#write(prefix + groupLine(group));
        }
      }
    }
  }

  error(): null {
    return null;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
