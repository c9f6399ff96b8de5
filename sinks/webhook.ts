/** Alerts as JSON to an address: `{ schema, host, alerts: [...] }` with the names of the analysis. */

import type { Alert, OperationalError } from "../model/finding.ts";
import type { WebhookConfig } from "../model/sink_config.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import { HttpPoster } from "./http_post.ts";
import type { Sink } from "./sink.ts";

export class WebhookSink implements Sink {
  readonly name: string;
  readonly #queue: DeliveryQueue;
  readonly #poster: HttpPoster;

  /** `pause_seconds`: the first pause after a failure; tests make it short. */
  constructor(config: WebhookConfig, host: string, pause_seconds = 1) {
    this.name = config.name ?? "webhook";
    this.#poster = new HttpPoster(config);
    this.#queue = new DeliveryQueue({
      name: this.name,
      first_pause_seconds: pause_seconds,
      deliver: (alerts, signal) =>
        this.#poster.post(config.url, { schema: "leakwatch.alerts/1", host, alerts }, signal),
    });
  }

  send(alert: Alert): void {
    this.#queue.push(alert);
  }

  error(): OperationalError | null {
    return this.#queue.trouble();
  }

  async close(timeoutSeconds: number): Promise<void> {
    await this.#queue.close(timeoutSeconds);
    this.#poster.close();
  }
}
