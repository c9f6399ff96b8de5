import type { Finding } from "../../model/finding.ts";

/** A finding before it is ranked, attributed and given a next step. */
export type Candidate = Omit<
  Finding,
  "key" | "severity" | "next_step" | "caused_by" | "explained_share" | "count"
>;
