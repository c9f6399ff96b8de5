/** A process whose main has called pthread_exit: /proc/PID speaks of a zombie, while its memory is all there. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readDescriptorKinds } from "../../../collectors/process/descriptor_kinds.ts";
import { countMappings } from "../../../collectors/procfs/maps.ts";
import { ProcessTable } from "../../../collectors/process/process_table.ts";
import { detectRuntime } from "../../../collectors/process/runtime.ts";
import { readSmaps } from "../../../collectors/procfs/smaps.ts";
import { readSmapsRollup } from "../../../collectors/procfs/smaps_rollup.ts";
import { requires } from "../../requires.ts";

const MIB = 1024 * 1024;
const SOURCE = fileURLToPath(new URL("../programs/dead_first_thread.c", import.meta.url));

Deno.test(requires("a dead first thread hides nothing of its process", "gcc"), async () => {
  const directory = Deno.makeTempDirSync();
  const program = `${directory}/dead_first_thread`;
  const built = new Deno.Command("gcc", { args: ["-O1", "-pthread", "-o", program, SOURCE] }).outputSync();
  assert.ok(built.success, new TextDecoder().decode(built.stderr));
  const process = new Deno.Command(program, { args: ["--told"], stdout: "piped" }).spawn();
  const output = process.stdout.getReader();
  const table = new ProcessTable("/proc");
  try {
    await output.read();
    const { pid } = process;
    const groups = readSmaps(pid)!;
    assert.ok(groups.some(({ kind, private_bytes }) => kind !== "memfd" && private_bytes >= 24 * MIB));
    assert.ok(groups.some(({ kind, name }) => kind === "memfd" && name === "held"));
    assert.ok(readSmapsRollup(pid)!.uss_bytes >= 24 * MIB);
    assert.ok(countMappings(pid)! > 10);
    const kinds = readDescriptorKinds(pid)!;
    assert.deepEqual([kinds.memfds, kinds.pipes >= 2], [1, true]);
    assert.equal(detectRuntime(pid).libc, "glibc");
    table.scan(1, 0);
    const record = table.records.find((each) => each.pid === pid)!;
    assert.equal(record.command, `${program} --told`);
    assert.equal(record.executable, program);
    assert.ok(record.open_descriptors! >= 4 && record.anon_bytes >= 24 * MIB && record.state !== "Z");
  } finally {
    table.close();
    process.kill("SIGKILL");
    await output.cancel();
    await process.status;
    Deno.removeSync(directory, { recursive: true });
  }
});
