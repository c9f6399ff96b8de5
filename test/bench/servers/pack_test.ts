import { strictEqual } from "node:assert";
import { keepProcesses } from "../../../bench/servers/pack.ts";

Deno.test("rows of other processes are left out, the header and the end stay", () => {
  const table = 'Timestamp,PID,Name\n1,7,"a, 8"\n1,8,b\n2,7,c\n';
  strictEqual(keepProcesses(table, new Set(["7"])), 'Timestamp,PID,Name\n1,7,"a, 8"\n2,7,c\n');
});

Deno.test("a table without processes is kept whole", () => {
  const table = "Timestamp,Total_KB\n1,7\n";
  strictEqual(keepProcesses(table, new Set()), table);
});
