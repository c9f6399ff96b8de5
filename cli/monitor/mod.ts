import { UserError } from "../errors.ts";
import type { MonitorOptions } from "../commands/monitor.ts";

export function monitor(
  _durationSeconds: number,
  _intervalSeconds: number,
  _options: MonitorOptions,
): Promise<number> {
  throw new UserError("monitor is not built yet");
}
