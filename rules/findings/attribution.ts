/**
 * One pass that tells causes from effects: the unit around a leaking process, the slab caches behind leaked network namespaces, the
 * machine's memory around all that leaks. An effect keeps its finding with `caused_by`; what only repeats another finding at a
 * coarser grain (the same bytes counted once more) is left out.
 */

import type { Finding } from "../../model/finding.ts";
import { isAtLeast } from "../../model/severity.ts";
import { bytesPerPiece } from "./piece_sizes.ts";

/** An effect is one when its causes explain this share of its rate. */
const EXPLAINED_SHARE = 0.5;

interface Relation {
  isEffect(outer: Finding): boolean;
  /** How much of the outer finding's unit one piece of the inner one makes at most; 0: unrelated. */
  unitsPerPiece(inner: Finding, outer: Finding): number;
  /** Both count the same bytes: the outer finding has nothing of its own to say. */
  repeats?: boolean;
}

const isTotal = ({ kind, subject }: Finding, name: string) =>
  kind.startsWith("kernel-") && subject.name === name;

const isSameProcess = (inner: Finding, outer: Finding) =>
  inner.subject.pid !== null && inner.subject.pid === outer.subject.pid &&
  inner.subject.start_ticks === outer.subject.start_ticks;

const isWithin = (path: string | null | undefined, parent: string | null | undefined) =>
  typeof path === "string" && typeof parent === "string" && parent !== "" &&
  (path === parent || path.startsWith(`${parent.replace(/\/$/, "")}/`));

/** From the inside out: what stands first is looked at first, and an effect of one relation is no cause in the next. */
const RELATIONS: readonly Relation[] = [
  { isEffect: ({ kind }) => kind === "unit-memory", unitsPerPiece: insideCgroup, repeats: true },
  {
    isEffect: (outer) => isTotal(outer, "SUnreclaim"),
    unitsPerPiece: ({ kind }) => kind === "kernel-slab" ? 1 : 0,
    repeats: true,
  },
  {
    isEffect: ({ kind, subject }) => kind === "shared-memory" && subject.name === "Shmem",
    unitsPerPiece: ({ kind }) => kind === "tmpfs" || kind === "shared-memory" ? 1 : 0,
    repeats: true,
  },
  { isEffect: ({ kind }) => kind === "container-memory", unitsPerPiece: insideContainer },
  {
    isEffect: ({ kind }) => kind === "process-mappings",
    // A thread has a stack and a guard page before it; memory comes in pages.
    unitsPerPiece: (inner, outer) => {
      if (!isSameProcess(inner, outer)) return 0;
      return inner.kind === "process-threads" ? 3 : inner.kind === "process-memory" ? 1 / 4096 : 0;
    },
  },
  {
    isEffect: ({ kind }) => kind === "process-memory",
    unitsPerPiece: (inner, outer) =>
      inner.kind === "process-threads" && isSameProcess(inner, outer) ? bytesPerPiece.threadMemory : 0,
  },
  {
    isEffect: (outer) => outer.kind === "kernel-descriptors" || isTotal(outer, "sockets"),
    unitsPerPiece: ({ kind }) => kind === "process-descriptors" ? 1 : 0,
  },
  {
    isEffect: ({ kind }) => kind === "kernel-slab",
    unitsPerPiece: (inner, outer) => bytesPerPiece.inSlab(inner, outer.subject.name),
  },
  {
    isEffect: (outer) => isTotal(outer, "KernelStack") || isTotal(outer, "VmallocUsed"),
    unitsPerPiece: ({ kind }) => kind === "process-threads" ? bytesPerPiece.threadStack : 0,
  },
  {
    isEffect: (outer) => isTotal(outer, "Percpu"),
    unitsPerPiece: (inner) =>
      inner.kind === "kernel-cgroups"
        ? bytesPerPiece.cgroup
        : isTotal(inner, "network namespaces")
        ? bytesPerPiece.networkNamespace
        : 0,
  },
  {
    isEffect: ({ kind, subject }) =>
      kind === "kernel-unaccounted" || (kind === "kernel-memory" && subject.name !== "SUnreclaim"),
    unitsPerPiece: (inner, outer) =>
      isTotal(inner, "network namespaces") && outer.unit === "bytes" ? bytesPerPiece.networkNamespace : 0,
  },
  {
    isEffect: ({ kind, subject }) => kind === "system-memory" && subject.name === "programs",
    unitsPerPiece: ({ kind, unit }) =>
      unit === "bytes" && (kind === "process-memory" || kind === "container-memory" || kind === "unit-memory")
        ? 1
        : 0,
  },
  {
    // Memory in use is the sum of all that has a name.
    isEffect: ({ kind, subject }) => kind === "system-memory" && subject.name === "memory-used",
    unitsPerPiece: ({ kind, unit, subject }) =>
      unit === "bytes" && (kind !== "system-memory" || subject.name !== "memory-used") ? 1 : 0,
  },
];

/** The findings without repetitions; effects carry `caused_by` (a key) and `explained_share`. Same order as given. */
export function attribute(findings: readonly Finding[]): Finding[] {
  const causes = new Map<Finding, { by: Finding; share: number }>();
  const repeated = new Set<Finding>();
  for (const relation of RELATIONS) {
    for (const outer of findings) {
      if (repeated.has(outer) || causes.has(outer) || !relation.isEffect(outer)) continue;
      const inner = findings.filter((each) =>
        each !== outer && !repeated.has(each) && causes.get(each)?.by !== outer &&
        mayExplain(each, outer, relation)
      );
      const found = explanationOf(outer, inner, relation);
      if (!found || found.share < EXPLAINED_SHARE) continue;
      if (relation.repeats) repeated.add(outer);
      else causes.set(outer, found);
    }
  }
  return findings.filter((finding) => !repeated.has(finding)).map((finding) => {
    const cause = causes.get(finding);
    const explained_share = Math.min(1, cause?.share ?? 0);
    return { ...finding, caused_by: cause ? rootOf(cause.by, causes, repeated).key : null, explained_share };
  });
}

/** A finding for the first lines, and those in which the same growth shows. */
export interface FindingWithEffects {
  finding: Finding;
  effects: Finding[];
}

/** Findings that stand for themselves, each with its effects. */
export function withEffects(findings: readonly Finding[]): FindingWithEffects[] {
  const byKey = new Map(
    findings.filter(({ caused_by }) => caused_by === null)
      .map((finding): [string, FindingWithEffects] => [finding.key, { finding, effects: [] }]),
  );
  for (const finding of findings) {
    if (finding.caused_by) byKey.get(finding.caused_by)?.effects.push(finding);
  }
  return [...byKey.values()];
}

/** The cause that has none itself. */
function rootOf(
  finding: Finding,
  causes: ReadonlyMap<Finding, { by: Finding }>,
  repeated: ReadonlySet<Finding>,
): Finding {
  const seen = new Set<Finding>();
  let root = finding;
  for (
    let next = causes.get(root);
    next && !seen.has(root) && !repeated.has(next.by);
    next = causes.get(root)
  ) {
    seen.add(root);
    root = next.by;
  }
  return root;
}

/**
 * The share that others explain, and the one that explains most. Processes are inside their containers too: where kinds count
 * the same bytes, each byte is counted once, by the kind that explains most.
 */
function explanationOf(
  outer: Finding,
  inner: readonly Finding[],
  { unitsPerPiece, repeats }: Relation,
): { by: Finding; share: number } | null {
  const rate = outer.rate_per_hour?.mid ?? 0;
  if (rate <= 0) return null;
  let by: Finding | null = null, largest = 0;
  const sums = new Map<string, number>();
  for (const each of inner) {
    const share = Math.max(0, each.rate_per_hour?.mid ?? 0) * unitsPerPiece(each, outer) / rate;
    if (share <= 0) continue;
    const kind = repeats || outer.unit === "bytes" && each.unit === "bytes" ? groupOf(each) : "pieces";
    sums.set(kind, (sums.get(kind) ?? 0) + share);
    if (share > largest) [by, largest] = [each, share];
  }
  if (!by) return null;
  const programs = ["process", "container", "unit"].map((group) => sums.get(group) ?? 0);
  const others = [...sums].filter(([group]) => !["process", "container", "unit"].includes(group));
  return { by, share: Math.max(...programs) + others.reduce((sum, [, share]) => sum + share, 0) };
}

const groupOf = ({ kind }: Finding): string =>
  kind === "process-memory"
    ? "process"
    : kind === "container-memory"
    ? "container"
    : kind === "unit-memory"
    ? "unit"
    : "other";

/** A cause is at least as sure as its effect, and at least as urgent unless it is the same memory. */
const mayExplain = (inner: Finding, outer: Finding, { repeats }: Relation) =>
  (inner.verdict === "leak" || outer.verdict !== "leak") &&
  (repeats || isAtLeast(inner.severity, outer.severity));

/** Its processes, its containers, and cgroups below it; a program's restart history in a unit is no total of the unit. */
function insideCgroup(inner: Finding, outer: Finding): number {
  const { subject } = outer;
  if (inner.unit !== "bytes" || (subject.unit !== null && subject.name !== subject.unit)) return 0;
  if (inner.kind === "process-memory") {
    // The name alone decides only where a path is not known: units of the system and of users share names.
    const isPathKnown = subject.cgroup != null && inner.subject.cgroup != null;
    const sameUnit = !isPathKnown && inner.subject.unit !== null && inner.subject.unit === subject.unit;
    return sameUnit || isWithin(inner.subject.cgroup, subject.cgroup) ? 1 : 0;
  }
  const isGroup = inner.kind === "container-memory" || inner.kind === "unit-memory";
  return isGroup && inner.subject.cgroup !== subject.cgroup && isWithin(inner.subject.cgroup, subject.cgroup)
    ? 1
    : 0;
}

function insideContainer(inner: Finding, outer: Finding): number {
  const { container } = inner.subject;
  return inner.kind === "process-memory" && container !== null && container === outer.subject.container
    ? 1
    : 0;
}
