/** Every kind of finding; one that is missing here does not compile. */

import type { FindingKind } from "../../model/finding.ts";

const KINDS: Record<FindingKind, true> = {
  "process-memory": true,
  "process-descriptors": true,
  "process-threads": true,
  "process-mappings": true,
  "container-memory": true,
  "unit-memory": true,
  "kernel-slab": true,
  "kernel-memory": true,
  "kernel-unaccounted": true,
  "kernel-cgroups": true,
  "kernel-descriptors": true,
  "shared-memory": true,
  "tmpfs": true,
  "system-memory": true,
};

export const FINDING_KINDS = Object.keys(KINDS) as FindingKind[];
