/** All sinks of a session: who is told of an alert, and what becomes of those that do not answer. */

import type { Alert, AlertChange, OperationalError, Severity } from "../model/finding.ts";
import { AlertmanagerSink } from "./alertmanager.ts";
import { CommandSink } from "./command.ts";
import type { SinkConfig } from "../model/sink_config.ts";
import { JournalSink } from "./journal.ts";
import { LogSink } from "./log.ts";
import { isAtLeast } from "../model/severity.ts";
import type { Sink } from "./sink.ts";
import { StderrSink } from "./stderr.ts";
import { WebhookSink } from "./webhook.ts";

export interface SinkSetOptions {
  /** The `sinks:` of the rules file; null where it says nothing: stderr alone. */
  sinks: readonly SinkConfig[] | null;
  host: string;
  /** Writes a row of the alerts log. It is told of everything, in quiet hours too. */
  log?: (alert: Alert) => void;
  /** Writes a line to stderr; a progress bar may have to step aside. */
  stderr?: (line: string) => void;
}

export class SinkSet {
  readonly #log: LogSink | null;
  readonly #people: { sink: Sink; least: Severity }[];

  constructor(options: SinkSetOptions) {
    const { host } = options;
    const write = options.stderr ?? ((line: string) => console.error(line));
    this.#log = options.log ? new LogSink(options.log) : null;
    this.#people = (options.sinks ?? [{ type: "stderr" }]).map((config) => ({
      sink: makeSink(config, host, write),
      least: config.severity ?? "info",
    }));
  }

  /** Hands each change to those it is for. Returns at once and never throws. */
  send(changes: readonly AlertChange[]): void {
    for (const { alert, route } of changes) if (route !== "notify") this.#log?.send(alert);
    const sent = changes.filter(({ route }) => route !== "log").map(({ alert }) => alert);
    for (const { sink, least } of this.#people) {
      const alerts = sent.filter(({ severity }) => isAtLeast(severity, least));
      if (sink.sendAll) sink.sendAll(alerts);
      else for (const alert of alerts) sink.send(alert);
    }
  }

  /** Has those that must hear of firing alerts again and again take over what fires already. */
  resume(firing: readonly Alert[]): void {
    for (const { sink, least } of this.#people) {
      sink.resume?.(firing.filter((alert) => isAtLeast(alert.severity, least)));
    }
  }

  /** Sinks that do not accept alerts at present. */
  errors(): OperationalError[] {
    return this.#people.flatMap(({ sink }) => sink.error() ?? []);
  }

  /** Delivers what is waiting, for at most so long in all, and lets go of sockets, timers and programs. */
  async close(timeoutSeconds: number): Promise<void> {
    await Promise.all(this.#people.map(({ sink }) => sink.close(timeoutSeconds)));
  }
}

function makeSink(config: SinkConfig, host: string, write: (line: string) => void): Sink {
  switch (config.type) {
    case "stderr":
      return new StderrSink(config, write);
    case "journal":
      return new JournalSink(config);
    case "webhook":
      return new WebhookSink(config, host);
    case "alertmanager":
      return new AlertmanagerSink(config, host);
    case "command":
      return new CommandSink(config, host);
  }
}
