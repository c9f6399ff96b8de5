/**
 * What it costs to ask the disk to keep ten logs at every flush: none, all at once (as leakwatch does), one after the other. On
 * ext4 on a loop device, whose counters tell what reached the disk.
 *
 *     deno run --allow-all bench/attack/sync_cost.ts        needs root, mkfs.ext4
 */

import fs from "node:fs";
import process from "node:process";

const LOGS = 10, FLUSHES = 200, ROW_BYTES = 600, PAUSE_MILLISECONDS = 20;

function run(...words: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(words[0]!, { args: words.slice(1) }).outputSync();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).trim();
}

const sync = (file: number) => new Promise<void>((resolve) => fs.fdatasync(file, () => resolve()));
const WAYS: Record<string, (files: readonly number[]) => Promise<void>> = {
  "never": () => Promise.resolve(),
  "all at once": async (files) => void await Promise.all(files.map(sync)),
  "one after the other": async (files) => {
    for (const file of files) await sync(file);
  },
};

const directory = Deno.makeTempDirSync({ prefix: "leakwatch-sync-" }), mounted = `${directory}/disk`;
Deno.mkdirSync(mounted);
Deno.createSync(`${directory}/image`).truncateSync(256 * 2 ** 20);
run("mkfs.ext4", "-q", `${directory}/image`);
const device = run("losetup", "--find", "--show", `${directory}/image`);
run("mount", device, mounted);
try {
  for (const [name, way] of Object.entries(WAYS)) {
    const files = Array.from({ length: LOGS }, (_, n) => fs.openSync(`${mounted}/${name} ${n}`, "a"));
    run("sync", "--file-system", mounted);
    const before = counters(), cpu = process.cpuUsage();
    for (let flush = 0; flush < FLUSHES; flush++) {
      for (const file of files) fs.writeSync(file, new Uint8Array(ROW_BYTES));
      await way(files);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
    const { user, system } = process.cpuUsage(cpu), after = counters();
    const each = (key: keyof typeof after) => ((after[key] - before[key]) / FLUSHES).toFixed(1);
    console.log(
      `${name}: per flush ${each("writes")} writes, ${each("kib")} KiB, ${
        ((user + system) / 1000 / FLUSHES).toFixed(2)
      } ms of CPU`,
    );
    for (const file of files) fs.closeSync(file);
  }
} finally {
  run("umount", mounted);
  run("losetup", "--detach", device);
  Deno.removeSync(directory, { recursive: true });
}

/** Of the block device (Documentation/admin-guide/iostats.rst): writes completed, sectors of 512 bytes written. */
function counters(): { writes: number; kib: number } {
  const fields = Deno.readTextFileSync(`/sys/block/${device.slice("/dev/".length)}/stat`).trim().split(/\s+/)
    .map(Number);
  return { writes: fields[4]!, kib: fields[6]! / 2 };
}
