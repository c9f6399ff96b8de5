import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { SystemVSegment } from "../../model/sample.ts";
import { sharedMemoryOf } from "./shared_memory.ts";
import { Users } from "../process/users.ts";

/**
 * System V shared memory segments of /proc/sysvipc/shm, by the names in its header. A segment that no process is attached to
 * stays until it is removed by hand (`ipcrm -m ID`). Throws ParseError where the header is missing or a line is short.
 */
export function parseSystemV(text: string, nameOfUser: (uid: number) => string): SystemVSegment[] {
  const [header = "", ...lines] = text.split("\n");
  const columns = header.trim().split(/\s+/);
  const column = (name: string): number => {
    const at = columns.indexOf(name);
    if (at < 0) throw new ParseError("/proc/sysvipc/shm", `no column ${name}`);
    return at;
  };
  const at = {
    key: column("key"),
    id: column("shmid"),
    size: column("size"),
    creator: column("cpid"),
    attached: column("nattch"),
    uid: column("uid"),
    rss: column("rss"),
    swap: column("swap"),
  };
  return lines.filter((line) => line.trim() !== "").map((line) => {
    const values = line.trim().split(/\s+/).map(Number);
    if (values.length < columns.length || values.some(Number.isNaN)) {
      throw new ParseError("/proc/sysvipc/shm", `unexpected line ${JSON.stringify(line.slice(0, 80))}`);
    }
    return {
      key: values[at.key]!,
      id: values[at.id]!,
      owner: nameOfUser(values[at.uid]!),
      creator_pid: values[at.creator]!,
      size_bytes: values[at.size]!,
      rss_bytes: values[at.rss]!,
      swap_bytes: values[at.swap]!,
      attached: values[at.attached]!,
    };
  });
}

export function systemVCollector({ roots }: { roots: { proc: string } }): Collector {
  const users = new Users(roots.proc);
  return {
    name: "system_v",
    source: "/proc/sysvipc/shm",
    tier: "normal",
    collect(sample, { roots }) {
      sharedMemoryOf(sample).system_v = parseSystemV(
        readText(`${roots.proc}/sysvipc/shm`),
        (uid) => users.nameOf(uid),
      );
    },
  };
}
