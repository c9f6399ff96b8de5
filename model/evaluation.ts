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
  /** Leaks that are none any more, by the key of their finding; left out: nobody keeps them. */
  withdrawn?: ReadonlyMap<string, Withdrawal>;
}

/** How a finding came to its end. */
export interface Withdrawal {
  /** Its subject is gone, so nothing was taken back. */
  ended: boolean;
  /** One clause. */
  why: string;
}
