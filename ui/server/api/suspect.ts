/** What the page says about who grows. */

import type { Finding } from "../../../model/finding.ts";
import type { Spark, Trend } from "./series.ts";

/** A finding, with what is needed to draw and to link it. */
export interface Suspect extends Finding {
  /** Stable while the finding is about the same thing. */
  key: string;
  /** Whose growth it is that shows here too; null where it speaks for itself. Echoes are in no overview. */
  caused_by: string | null;
  /** The watched series, about 60 points. */
  spark: Spark | null;
  trend: Trend | null;
}
