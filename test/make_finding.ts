import type { Finding } from "../model/finding.ts";
import { findingKey } from "../model/subject.ts";

type Derived = "key" | "probability" | "caused_by" | "explained_share" | "count";

/** A finding with what follows from the rest filled in. */
export const completeFinding = (bare: Omit<Finding, Derived> & Partial<Pick<Finding, Derived>>): Finding => ({
  key: findingKey(bare),
  probability: bare.confidence,
  caused_by: null,
  explained_share: 0,
  count: 1,
  ...bare,
});
