/** Who a finding is about: one key for programs, one title for people. */

import type { Finding } from "./finding.ts";

type About = Pick<Finding, "kind" | "subject">;

/** Unique among findings, and the same for the same subject in a later evaluation. */
export function findingKey({ kind, subject }: About): string {
  const who = subject.pid !== null
    ? `${subject.pid}:${subject.start_ticks}:${subject.name}`
    : [subject.name, subject.cgroup ?? subject.container ?? subject.unit ?? ""].join("|");
  return `${kind}|${who}`;
}

/** "java (812)", "container web", "slab cache dentry", "shared memory: POSIX", "app.service". */
export function subjectTitle({ kind, subject }: About): string {
  const { name, pid } = subject;
  if (pid !== null) return `${name} (${pid})`;
  switch (kind) {
    case "container-memory":
      return `container ${name}`;
    case "kernel-slab":
      return `slab cache ${name}`;
    case "shared-memory":
      return `shared memory (${name})`;
    case "tmpfs":
      return `files in ${name}`;
    case "system-memory":
      return name === "memory-used" ? "memory in use" : name;
    default:
      return name;
  }
}
