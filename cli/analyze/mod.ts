import { UserError } from "../errors.ts";
import type { AnalyzeOptions } from "../commands/analyze.ts";

export function analyze(_report: string | null, _options: AnalyzeOptions): Promise<number> {
  throw new UserError("analyze is not built yet");
}
