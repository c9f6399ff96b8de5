import { formatCount, formatCountChange, formatRatio, UNKNOWN } from "../../../model/format.ts";
import type { DescriptorKinds } from "../../../model/sample.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Facts, Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, right, shown } from "./common.ts";

/** From here on the limit is written in colour; the alert rules have their own, configurable threshold. */
const NEAR_LIMIT = 0.8;

const KIND_NAMES: [keyof DescriptorKinds, string, string][] = [
  ["sockets", "socket", "sockets"],
  ["files", "file", "files"],
  ["deleted_files", "deleted file", "deleted files"],
  ["pipes", "pipe", "pipes"],
  ["anon_inodes", "event object", "event objects"],
  ["memfds", "memfd", "memfds"],
  ["devices", "device", "devices"],
  ["other", "other", "others"],
];

/** "212 sockets, 14 files"; the largest kinds first. */
export function kindNames(kinds: DescriptorKinds | null, most = 8): string {
  if (!kinds) return "";
  return KIND_NAMES.filter(([kind]) => kinds[kind] > 0)
    .sort((a, b) => kinds[b[0]] - kinds[a[0]])
    .slice(0, most)
    .map(([kind, one, many]) => `${formatCount(kinds[kind])} ${kinds[kind] === 1 ? one : many}`)
    .join(", ");
}

export function descriptorSection(analysis: Analysis, top: number): Section {
  const source = "/proc/sys/fs/file-nr, /proc/PID/fd, limits";
  const part = analysis.descriptors;
  if (!part) return shortSection("DESCRIPTORS", source, "not readable");
  const facts: Facts["facts"] = [];
  if (part.system) {
    const { allocated, limit, used_ratio, growth } = part.system;
    // Modern kernels set the limit to 2^63−1, which says nothing to anybody.
    const against = limit > 1e15 ? "no limit" : `of ${formatCount(limit)} (${formatRatio(used_ratio)})`;
    const change = growth === null
      ? ""
      : `, ${growth === 0 ? "unchanged" : formatCountChange(growth)} while watching`;
    const text = `${formatCount(allocated)} open files, ${against}${change}`;
    facts.push({ label: "system", value: used_ratio >= NEAR_LIMIT ? { text, tone: "warning" } : text });
  }
  if (part.kinds) {
    facts.push({ label: "by kind", value: `${kindNames(part.kinds)} (of the processes listed)` });
  }
  const rows = [...part.processes].sort((a, b) =>
    (b.used_ratio ?? 0) - (a.used_ratio ?? 0) || b.open_descriptors - a.open_descriptors
  );
  return {
    title: "DESCRIPTORS",
    source,
    short: null,
    blocks: [{ kind: "facts", facts }, {
      kind: "table",
      columns: [
        right("PID"),
        left("NAME", 18),
        right("OPEN"),
        right("LIMIT"),
        right("USED"),
        right("CHANGE"),
        left("KINDS", 44),
      ],
      rows: shown(rows, top).map((row) => [
        String(row.pid),
        row.name,
        formatCount(row.open_descriptors),
        formatCount(row.limit),
        (row.used_ratio ?? 0) >= NEAR_LIMIT
          ? { text: formatRatio(row.used_ratio), tone: "warning" }
          : formatRatio(row.used_ratio),
        row.growth === null
          ? (analysis.duration_seconds === 0 ? "" : UNKNOWN)
          : formatCountChange(row.growth),
        kindNames(row.kinds, 4),
      ]),
    }],
  };
}
