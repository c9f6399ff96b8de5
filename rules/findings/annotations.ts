import { formatAmount } from "../../model/format.ts";
import type { SharedMemory } from "../../model/sample.ts";
import type { FindingKind, Subject } from "../../model/finding.ts";
import { explainTerm } from "../../model/glossary.ts";
import { explainSlab } from "../../model/slab_names.ts";

/** Names under which kernel memory is watched, where the glossary calls it otherwise. */
const TERMS: Readonly<Record<string, string>> = {
  SUnreclaim: "slab_unreclaimable",
  PageTables: "page_tables",
  KernelStack: "kernel_stacks",
  Percpu: "per_cpu",
  VmallocUsed: "vmalloc",
  SecPageTables: "secondary_page_tables",
  Hugetlb: "huge_pages",
  Zswap: "zswap",
  fragments: "fragment",
  "network namespaces": "network_namespaces",
  "dying cgroups": "dying_cgroups",
};

/**
 * What a tired person needs to know beside the figures: what a kernel cache or field is, and for shared memory which piece
 * is the largest and who holds it. Empty where there is nothing to add. One clause, without a full stop.
 */
export function annotation(
  kind: FindingKind,
  { name }: Subject,
  shared: SharedMemory | null,
): string {
  if (kind === "kernel-slab") {
    const { name: plain, meaning } = explainSlab(name);
    return plain === name ? "" : `${name} is ${plain}: ${meaning}`;
  }
  if (kind === "kernel-memory" || kind === "kernel-cgroups" || kind === "kernel-unaccounted") {
    const entry = explainTerm(TERMS[name] ?? name);
    return entry === null ? "" : firstSentence(entry.meaning);
  }
  return kind === "shared-memory" && shared !== null ? largestPiece(name, shared) : "";
}

/** "Large kernel areas: …." → "large kernel areas: …"; names in capitals stay. */
function firstSentence(meaning: string): string {
  const first = meaning.split(/\.(?: |$)/)[0]!;
  return /^[A-Z][a-z]/.test(first) ? first[0]!.toLowerCase() + first.slice(1) : first;
}

function largestPiece(name: string, shared: SharedMemory): string {
  const held = (holders: readonly { pid: number; name: string }[]) =>
    holders.length === 0
      ? ", no visible holder"
      : `, held by ${holders.slice(0, 2).map((holder) => `${holder.name} (${holder.pid})`).join(", ")}` +
        (holders.length > 2 ? ` and ${holders.length - 2} more` : "");
  if (name === "System V") {
    const segment = largest(shared.system_v, (each) => each.rss_bytes + each.swap_bytes);
    if (!segment) return "";
    const size = formatAmount(segment.rss_bytes + segment.swap_bytes, "bytes");
    const users = segment.attached === 0 ? "no process is attached" : `${segment.attached} attached`;
    return `the largest is segment ${segment.id}, ${size}, created by process ${segment.creator_pid} of ${segment.owner}, ${users}`;
  }
  if (name === "System V segments") return mostSegments(shared.system_v);
  if (name === "POSIX") {
    const file = largest(shared.posix, (each) => each.size_bytes);
    return file
      ? `the largest is ${file.name}, ${formatAmount(file.size_bytes, "bytes")}${held(file.holders)}`
      : "";
  }
  if (name === "memfd") {
    const file = largest(shared.memfd, (each) => each.size_bytes);
    return file
      ? `the largest is ${file.name}, ${formatAmount(file.size_bytes, "bytes")}${held(file.holders)}`
      : "";
  }
  const mount = largest(shared.tmpfs, (each) => each.used_bytes);
  return mount ? `the largest tmpfs is ${mount.mount}, ${formatAmount(mount.used_bytes, "bytes")}` : "";
}

/** "480 of 483 were created by process 812 of app, and to 480 no process is attached". */
function mostSegments(segments: SharedMemory["system_v"]): string {
  const byCreator = Map.groupBy(segments, ({ creator_pid }) => creator_pid);
  const most = largest([...byCreator.values()], ({ length }) => length);
  if (!most) return "";
  const unused = segments.filter(({ attached }) => attached === 0).length;
  const { creator_pid, owner } = most[0]!;
  return `${most.length} of ${segments.length} were created by process ${creator_pid} of ${owner}, and to ${unused} no process is attached`;
}

function largest<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  let best: T | undefined;
  for (const item of items) if (best === undefined || of(item) > of(best)) best = item;
  return best !== undefined && of(best) > 0 ? best : undefined;
}
