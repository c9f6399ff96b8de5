import type { AnalyzeOptions } from "../commands/analyze.ts";
import { UserError } from "../errors.ts";
import type { Analysis } from "./model.ts";

export function analyzeRecorded(_paths: readonly string[], _options: AnalyzeOptions): Promise<Analysis> {
  throw new UserError("--from is not built yet");
}
