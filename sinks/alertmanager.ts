/**
 * Alerts to Prometheus Alertmanager (API v2, POST /api/v2/alerts).
 *
 * Alertmanager wants to hear of a firing alert again and again, and lets it end by itself at `endsAt`. So each is sent
 * again every `resend` (1 min) with an end four times as far away: if leakwatch dies, its alerts end by themselves.
 */

import { alertName } from "../model/alert_name.ts";
import { parseDuration } from "../model/quantity.ts";
import type { Alert, OperationalError } from "../model/finding.ts";
import type { AlertmanagerConfig } from "../model/sink_config.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import { HttpPoster } from "./http_post.ts";
import type { Sink } from "./sink.ts";

/** One alert in Alertmanager's words. */
export interface PostableAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

export class AlertmanagerSink implements Sink {
  readonly name: string;
  readonly #queue: DeliveryQueue;
  readonly #poster: HttpPoster;
  /** By id: to be sent again while it fires. The engine bounds how many there are. */
  readonly #firing = new Map<string, Alert>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(config: AlertmanagerConfig, host: string, pause_seconds = 1) {
    this.name = config.name ?? "alertmanager";
    this.#poster = new HttpPoster(config);
    const resendSeconds = parseDuration(config.resend ?? 60) ?? 60;
    const url = `${config.url.replace(/\/+$/, "")}/api/v2/alerts`;
    const starts = new Map<string, string>();
    this.#queue = new DeliveryQueue({
      name: this.name,
      // Room for all that can fire at once (500 of each severity), which each round sends again.
      most: 2000,
      batch: 200,
      first_pause_seconds: pause_seconds,
      longest_pause_seconds: 60,
      deliver: async (batch, signal) => {
        const now = Date.now();
        for (const alert of batch) if (alert.state === "firing") starts.set(alert.id, alert.since);
        // The newest word about an alert counts; an older one in the same batch would contradict it.
        const newest = new Map(batch.map((alert) => [alert.id, alert]));
        const body = [...newest.values()].map((alert) =>
          postable(
            alert,
            starts.get(alert.id) ?? alert.since,
            now + 4000 * resendSeconds,
            config.instance ?? host,
            config.labels,
          )
        );
        await this.#poster.post(url, body, signal);
        for (const alert of newest.values()) if (alert.state === "resolved") starts.delete(alert.id);
      },
    });
    this.#timer = setInterval(() => this.#resend(), resendSeconds * 1000);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  send(alert: Alert): void {
    if (alert.state === "firing") this.#firing.set(alert.id, alert);
    else this.#firing.delete(alert.id);
    this.#queue.push(alert);
  }

  resume(firing: readonly Alert[]): void {
    for (const alert of firing) this.send(alert);
  }

  error(): OperationalError | null {
    return this.#queue.trouble();
  }

  async close(timeoutSeconds: number): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue.close(timeoutSeconds);
    this.#poster.close();
  }

  /** Not while older words still wait: they will be sent, and this would only pile up. */
  #resend(): void {
    if (this.#queue.length > 0) return;
    for (const alert of this.#firing.values()) this.#queue.push(alert);
  }
}

/** Labels identify an alert from its start to its end, so they hold nothing that changes meanwhile. */
function postable(
  alert: Alert,
  startsAt: string,
  expiresMs: number,
  host: string,
  labels: Record<string, string> = {},
): PostableAlert {
  return {
    labels: {
      ...labels,
      alertname: alertName(alert.rule),
      severity: alert.severity,
      subject: alert.subject,
      instance: host,
      job: "leakwatch",
    },
    annotations: {
      summary: alert.message,
      next_step: alert.next_step,
      ...(alert.value === null ? {} : { value: String(alert.value) }),
      ...(alert.threshold === null ? {} : { threshold: String(alert.threshold) }),
    },
    startsAt,
    endsAt: alert.state === "resolved" ? alert.since : new Date(expiresMs).toISOString(),
  };
}
