import type { Alert, AlertChange, Finding } from "./finding.ts";
import type { Sample } from "./sample.ts";

/** What is known after a sample: handed to everyone who observes the watch. */
export interface Evaluation {
  sample: Sample;
  /** What hurts first on top; on large machines updated every few samples. */
  findings: readonly Finding[];
  /** Pending and firing, the gravest first. */
  alerts: readonly Alert[];
  /** What this sample changed. */
  changes: readonly AlertChange[];
}
