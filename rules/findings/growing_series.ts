import type { Assessment } from "../detector/mod.ts";
import { controlFalseDiscovery } from "./false_discovery_rate.ts";
import type { RegistryEntry } from "./series_registry.ts";

export interface GrowingSeries<Kind extends string> {
  entry: RegistryEntry<Kind>;
  /** It passes the correction for the number of series that were tested. */
  isSignificant: boolean;
  /** Series of its kind that move and have a verdict. */
  moving: number;
}

/**
 * The series that leak or grow by their last assessment, corrected for false discoveries within each kind: the one total of memory
 * in use is not a guess among thousands of processes. `isSuspect`: others that are taken for growing, by what else is known of them.
 */
export function growingSeries<Kind extends string>(
  entries: Iterable<RegistryEntry<Kind>>,
  isSuspect: (entry: RegistryEntry<Kind>) => boolean = () => false,
): GrowingSeries<Kind>[] {
  const kinds = new Map<Kind, { growing: RegistryEntry<Kind>[]; moving: number }>();
  for (const entry of entries) {
    const verdict = entry.assessment?.verdict;
    if (!entry.series.moves || verdict === undefined || verdict === "insufficient-data") continue;
    const kind = kinds.get(entry.kind) ?? { growing: [], moving: 0 };
    kinds.set(entry.kind, kind);
    kind.moving++;
    if (grows(entry.assessment!) || isSuspect(entry)) kind.growing.push(entry);
  }
  return [...kinds.values()].flatMap(({ growing, moving }) => {
    const significant = controlFalseDiscovery(growing.map((entry) => entry.assessment!), moving);
    return growing.map((entry, i) => ({ entry, isSignificant: significant[i]!, moving }));
  });
}

/** What went up lately but falls over the whole window has no rate to speak of. */
const grows = ({ verdict, rate_per_hour }: Assessment): boolean =>
  (verdict === "leak" || verdict === "growing") && (rate_per_hour === null || rate_per_hour.mid > 0);
