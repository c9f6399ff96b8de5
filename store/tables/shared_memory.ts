import { columnsOf, type Table, timestampColumn } from "../table.ts";
import type { SharedMemoryObject } from "../shared_memory_objects.ts";

const of = columnsOf((object: SharedMemoryObject) => object);

export const sharedMemoryTable: Table<SharedMemoryObject> = {
  name: "shared_memory",
  doc: "System V segments, files in /dev/shm, memfd files and tmpfs mounts.",
  rows:
    "at the first sample all of them; then, read about every 15 s, those that changed since their last row, and all once an hour; of each kind the 40 largest, and `(others)` in one",
  columns: [
    timestampColumn(),
    of.text("Kind", "system-v, posix, memfd or tmpfs", "kind"),
    of.text("Name", "Key of a System V segment, name of a file, path of a mount", "name"),
    of.count("ID", "Id of a System V segment, inode of a memfd file, else 0", "id"),
    of.size("Size_KB", "Its size; of a mount its limit, empty without one", "size_bytes"),
    of.size("Used_KB", "How much of it is in memory", "used_bytes"),
    of.size("Swap_KB", "How much of a System V segment is in swap", "swap_bytes"),
    of.text("Owner", "Owner", "owner"),
    of.count("Creator_PID", "Process that created a System V segment", "creator_pid"),
    of.count("Attached", "How often a System V segment is attached", "attached"),
    of.count("Inodes", "Files on a mount", "inodes_used"),
    of.text("Holders", "PIDs of up to 16 processes that hold it, separated by spaces", "holders"),
    of.text("State", "ended in its last row, else empty", "state"),
  ],
};
