/** The observer that tells people: hands changes of alerts to the sinks. */

import type { Evaluation } from "../model/evaluation.ts";
import type { Sample } from "../model/sample.ts";
import type { OperationalError } from "../model/finding.ts";
import type { RuleSet } from "../rules/alerts/rule.ts";
import { SinkSet } from "../sinks/mod.ts";
import type { AlertEngine } from "../rules/alerts/engine.ts";
import { say } from "./output.ts";
import type { Observer } from "./sample_loop.ts";

/** At the end, sinks have this long to deliver what is waiting. */
const CLOSE_SECONDS = 5;

export interface AlertSenderOptions {
  engine: Pick<AlertEngine, "errors" | "reload" | "reported">;
  rules: RuleSet;
  /** Nothing on stderr unless the rules file asks for it. */
  quiet: boolean;
}

export class AlertSender implements Observer {
  readonly #options: AlertSenderOptions;
  #rules: RuleSet;
  #sinks: SinkSet | null = null;
  /** Rules whose error was reported. */
  readonly #reported = new Set<string>();
  readonly #closing: Promise<void>[] = [];

  constructor(options: AlertSenderOptions) {
    this.#options = options;
    this.#rules = options.rules;
  }

  observe({ sample, changes }: Evaluation): void {
    const { engine } = this.#options;
    if (this.#sinks === null) {
      this.#sinks = this.#makeSinks(sample);
      const isNew = new Set(changes.map(({ alert }) => alert.id));
      this.#sinks.resume(engine.reported().filter(({ id }) => !isNew.has(id)));
    }
    this.#sinks.send(changes);
    for (const { name, why } of engine.errors()) {
      if (this.#reported.has(name)) continue;
      this.#reported.add(name);
      say(`${name} cannot be evaluated here and is skipped: ${why}`, false);
    }
  }

  #makeSinks(sample: Sample): SinkSet {
    return new SinkSet({
      sinks: this.#rules.sinks ?? (this.#options.quiet ? [] : null),
      host: sample.host.hostname,
      // Carriage return and erase first: a progress line may stand there.
      stderr: (line) => console.error(Deno.stderr.isTerminal() ? `\r\x1b[K${line}` : line),
    });
  }

  /** Sinks that do not accept alerts: for the alert rule about them. */
  errors(): OperationalError[] {
    return this.#sinks?.errors() ?? [];
  }

  /** Goes on with other rules and sinks; what waits in the old sinks is still delivered. */
  reload(rules: RuleSet): void {
    this.#options.engine.reload(rules);
    if (this.#sinks) this.#closing.push(this.#sinks.close(CLOSE_SECONDS));
    this.#rules = rules;
    this.#sinks = null;
    this.#reported.clear();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closing, this.#sinks?.close(CLOSE_SECONDS)]);
  }
}
