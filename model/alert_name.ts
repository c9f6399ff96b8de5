/** One name for an alert wherever others see it: what comes by Prometheus and by the Alertmanager sink is the same alert. */

/** "oom-kill" → "LeakwatchOomKill". */
export function alertName(rule: string): string {
  return "Leakwatch" + rule.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
