import type { ProcessSample, RuntimeMemory } from "../../model/sample.ts";
import { columnsOf, rfc3339, type Table, timestampColumn } from "../table.ts";

const process = columnsOf((process: ProcessSample) => process);
const memory = columnsOf((process: ProcessSample): RuntimeMemory | null => process.runtime_memory ?? null);

export const runtimesTable: Table<ProcessSample> = {
  name: "runtimes",
  doc: "Heaps as managed runtimes report them. Only the header if none does.",
  rows: "one row per process when it changed, and once an hour",
  columns: [
    timestampColumn(),
    process.count("PID", "Process id", "pid"),
    {
      name: "Start_Time",
      unit: "time",
      doc: "When the process started: RFC 3339, UTC",
      value: ({ started_at_seconds }) => rfc3339(started_at_seconds),
    },
    memory.text("Runtime", "java, node …", "runtime"),
    memory.size("Declared_Limit_KB", "The limit it was started with", "declared_limit_bytes"),
    memory.text("Declared_Limit_Name", "Where it is set: -Xmx …", "declared_limit_name"),
    memory.size("Heap_Live_KB", "Heap in use after the last collection", "heap_live_bytes"),
    memory.size("Heap_Used_KB", "Heap in use now, garbage included", "heap_used_bytes"),
    memory.size("Heap_Max_KB", "Maximum size of the heap", "heap_max_bytes"),
    memory.count("Collections", "Garbage collections so far", "collections"),
    memory.seconds("Collection_Seconds", "Time spent in them", "collection_seconds"),
    memory.size("Metaspace_KB", "Memory of classes", "metaspace_bytes"),
    memory.seconds(
      "Fills_For_Seconds",
      "How long such a program fills its memory by design",
      "fills_for_seconds",
    ),
    memory.text("Fills_Reason", "With what", "fills_reason"),
  ],
};
