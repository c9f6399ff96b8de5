/** Alerts on their way: where there is no room the oldest of the least grave is dropped. */

import type { Alert } from "../model/finding.ts";
import { type QueueOptions, SendQueue } from "./send_queue.ts";

export { PermanentError } from "./send_queue.ts";

/** Removes the oldest of the least grave: a flood of news must not wash away what matters. */
export function dropLeastGrave(waiting: Alert[]): void {
  for (const severity of ["info", "warning", "critical"]) {
    const index = waiting.findIndex((alert) => alert.severity === severity);
    if (index >= 0) return void waiting.splice(index, 1);
  }
}

export class DeliveryQueue extends SendQueue<Alert> {
  constructor(options: Omit<QueueOptions<Alert>, "what" | "drop">) {
    super({ ...options, what: "alert", drop: dropLeastGrave });
  }
}
