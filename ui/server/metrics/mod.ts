/** The live machine as OpenMetrics: names in the manner of node_exporter, labels bounded to the largest and the suspects. */

import type { LiveView } from "../live_view.ts";
import { MetricsBoard } from "./registry.ts";
import { groupMetrics, processMetrics } from "./groups.ts";
import { alertMetrics, findingMetrics, ownMetrics } from "./findings.ts";
import { machineMetrics } from "./machine.ts";

export { OPENMETRICS_TYPE } from "./registry.ts";

/** Exposition of what the newest sample says. Nothing is kept between calls, so a vanished process leaves no series. */
export function metricsText(live: LiveView): Promise<string> {
  const board = new MetricsBoard();
  const { sample } = live;
  if (sample) {
    const suspects = live.suspects();
    machineMetrics(board, sample);
    processMetrics(board, sample, suspects);
    groupMetrics(board, sample);
    findingMetrics(board, suspects);
    alertMetrics(board, live.alerts().firing, live.alertsTurnedAway());
    ownMetrics(board, sample, live.samples, live.audience.viewers);
  }
  return board.text();
}
