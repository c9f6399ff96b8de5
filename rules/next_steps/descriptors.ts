import type { DescriptorKinds } from "../../model/sample.ts";
import { look, type Step } from "./step.ts";

/** Names of what descriptors lead to, with how many lead there. readlink, for `ls -l` shows "(deleted)" as the last word. */
const names = (pid: number, only = "") =>
  `readlink /proc/${pid}/fd/* | ${only === "" ? "" : `grep ${only} | `}sort | uniq -c | sort -rn | head`;

/**
 * Connections by state and both ends, without the ephemeral ports that differ with every connection: what is left are the peers
 * (of a client) or the own port (of a server). In the process's own network namespace, which a container has.
 */
const SOCKETS =
  'awk \'{for (i = 5; i <= 6; i++) {n = split($i, a, ":"); if (a[n] + 0 >= 32768) sub(/:[^:]*$/, "", $i)}; if ($1 ~ /^u_/) $6 = ""; print $1, $2, $5, $6}\'';

/** What to type next when a process gains descriptors: one row per kind that dominates them, the best installed first. */
export const DESCRIPTOR_STEPS: Record<keyof DescriptorKinds, (pid: number, inContainer?: boolean) => Step[]> =
  {
    sockets: (pid, inContainer = false) => [
      look(
        `${
          inContainer ? `nsenter -t ${pid} -n ` : ""
        }ss -Htuwxanp | grep pid=${pid}, | ${SOCKETS} | sort | uniq -c | sort -rn | head`,
        "state, own end, peer: which are never closed; CLOSE-WAIT: the program did not close its end",
        ...(inContainer ? ["nsenter", "ss"] : ["ss"]),
      ),
      look(`grep . /proc/${pid}/net/sockstat; ${names(pid, "socket:")}`, "how many of each kind"),
    ],
    files: (pid) => [look(names(pid))],
    deleted_files: (pid) => [
      look(
        `lsof -a -p ${pid} +L1`,
        "deleted, still open: the space comes back when they are closed",
        "lsof",
      ),
      look(
        `find /proc/${pid}/fd -lname '* (deleted)' -exec ls -lL {} + | sort -k5 -rn | head -20; ${
          names(pid, "deleted")
        }`,
        "deleted, still open: the space comes back when they are closed",
      ),
    ],
    pipes: (pid) => [
      look(
        `lsof -a -p ${pid} +E | grep FIFO | head -40`,
        "the last column says who holds the other ends",
        "lsof",
      ),
      look(
        names(pid, "pipe:"),
        "a pipe with one end here has the other elsewhere: find /proc/[0-9]*/fd -lname NAME",
      ),
    ],
    anon_inodes: (pid) => [look(names(pid, "anon_inode:"), "eventfd, epoll, timerfd, inotify, io_uring, …")],
    memfds: (pid) => [
      look(
        `find /proc/${pid}/fd -lname '/memfd:*' -printf '%l\\t' -exec stat -Lc %b {} \\; | awk -F'\\t' '{n[$1]++; k[$1] += $2 / 2} END {for (f in n) print k[f] " KiB in " n[f], f}' | sort -rn | head`,
        "memory of each name; it is freed with its last descriptor and mapping",
      ),
    ],
    devices: (pid) => [look(names(pid, "^/dev/ | grep -v ^/dev/shm/"))],
    other: (pid) => [look(names(pid))],
  };

/** The kind that most descriptors are of; `other` where nothing is known. */
export function dominatingKind(kinds: DescriptorKinds | null): keyof DescriptorKinds {
  if (!kinds) return "other";
  const names = Object.keys(DESCRIPTOR_STEPS) as (keyof DescriptorKinds)[];
  return names.reduce((best, name) => kinds[name] > kinds[best] ? name : best, "other");
}
