import type { DescriptorKinds } from "../../model/sample.ts";

/** What to type next when a process gains descriptors: one row per kind that dominates them. */
export const DESCRIPTOR_STEPS: Record<keyof DescriptorKinds, (pid: number) => string> = {
  // The peer tells which connection is never closed.
  sockets: (pid) => `ss -tanpe | grep pid=${pid}, | awk '{print $1, $5}' | sort | uniq -c | sort -rn | head`,
  files: (pid) => `ls -l /proc/${pid}/fd | awk '{print $NF}' | sort | uniq -c | sort -rn | head`,
  deleted_files: (pid) =>
    `lsof -p ${pid} +L1   # deleted, still open: the space comes back when they are closed`,
  pipes: (pid) => `lsof -p ${pid} +E | grep -i fifo | head -40   # who holds the other ends`,
  anon_inodes: (pid) => `ls -l /proc/${pid}/fd | grep -o 'anon_inode:.*' | sort | uniq -c | sort -rn`,
  memfds: (pid) => `ls -l /proc/${pid}/fd | grep memfd: | head`,
  devices: (pid) => `ls -l /proc/${pid}/fd | grep /dev/ | awk '{print $NF}' | sort | uniq -c | sort -rn`,
  other: (pid) => `ls -l /proc/${pid}/fd | awk '{print $NF}' | sort | uniq -c | sort -rn | head`,
};

/** The kind that most descriptors are of; `other` where nothing is known. */
export function dominatingKind(kinds: DescriptorKinds | null): keyof DescriptorKinds {
  if (!kinds) return "other";
  const names = Object.keys(DESCRIPTOR_STEPS) as (keyof DescriptorKinds)[];
  return names.reduce((best, name) => kinds[name] > kinds[best] ? name : best, "other");
}
