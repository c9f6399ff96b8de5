/** What the page says about who grows. */

import type { Finding } from "../../../model/finding.ts";
import type { Spark, Trend } from "./series.ts";

/** A finding, with what is needed to draw and to link it. */
export interface Suspect extends Finding {
  /** What people call it: "python3 worker.py" where the arguments may be shown, "container shop-db". */
  title: string;
  /** Whose growth shows here too, as people call it: "java (812)"; null where it stands for itself. */
  cause_title: string | null;
  /** The watched series, about 60 points. */
  spark: Spark | null;
  trend: Trend | null;
}
