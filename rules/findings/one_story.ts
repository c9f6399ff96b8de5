import type { Finding } from "../../model/finding.ts";

/** A finding that holds another one is left out when the other explains this share of its rate. */
const EXPLAINED = 0.5;

/**
 * Leaves out findings that only repeat another at a coarser grain: the unit around a leaking process, the slab total
 * around a leaking cache, shared memory as a whole around one kind of it. They say nothing of their own, not even to a program;
 * echoes of another kind are left to `attribute`.
 */
export function attributeByKind(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => {
    const inner = findings.filter((other) => isInside(other, finding) && atLeastAsSure(other, finding));
    const explained = inner.reduce((sum, other) => sum + (other.rate_per_hour?.mid ?? 0), 0);
    return explained < EXPLAINED * (finding.rate_per_hour?.mid ?? Infinity);
  });
}

function isInside(inner: Finding, outer: Finding): boolean {
  if (inner === outer || inner.unit !== outer.unit) return false;
  if (outer.kind === "unit-memory" && outer.subject.name === outer.subject.unit) {
    return inner.kind === "process-memory" && inner.subject.unit !== null &&
      inner.subject.unit === outer.subject.unit;
  }
  if (outer.kind === "kernel-memory" && outer.subject.name === "SUnreclaim") {
    return inner.kind === "kernel-slab";
  }
  if (outer.kind === "shared-memory" && outer.subject.name === "Shmem") {
    return inner.kind === "tmpfs" || inner.kind === "shared-memory";
  }
  return false;
}

function atLeastAsSure(inner: Finding, outer: Finding): boolean {
  return inner.verdict === "leak" || outer.verdict !== "leak";
}
