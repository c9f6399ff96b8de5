/** Descriptors by the kernel's own numbers, which need not be those of node:fs. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { descriptorPath } from "../../collectors/descriptor_path.ts";

Deno.test("descriptor path: leads to the open file though its name is another's now", () => {
  const directory = Deno.makeTempDirSync();
  const open = fs.openSync(directory, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    Deno.writeTextFileSync(`${directory}/mine`, "");
    Deno.renameSync(directory, `${directory}.moved`);
    Deno.mkdirSync(directory);
    assert.deepEqual(fs.readdirSync(`${descriptorPath(open)}/.`), ["mine"]);
  } finally {
    fs.closeSync(open);
    Deno.removeSync(directory);
    Deno.removeSync(`${directory}.moved`, { recursive: true });
  }
});

Deno.test("descriptor path: where the numbers differ, the kernel's is found by the file's identity", () => {
  const numbers = fs.fstatSync;
  const open = fs.openSync("/proc/self/net", fs.constants.O_RDONLY);
  const another = fs.openSync("/", fs.constants.O_RDONLY);
  try {
    // Handle 1000 stands for `open`, as under a runtime with numbers of its own.
    const stub = (handle: number, options?: unknown) =>
      (numbers as (fd: number, options?: unknown) => unknown)(handle === 1000 ? open : handle, options);
    fs.fstatSync = stub as typeof fs.fstatSync;
    assert.equal(Deno.readLinkSync(descriptorPath(1000)), Deno.readLinkSync(`/proc/self/fd/${open}`));
    fs.fstatSync = ((_: number, options?: unknown) => stub(another, options)) as typeof fs.fstatSync;
    assert.equal(Deno.readLinkSync(descriptorPath(open)), "/");
  } finally {
    fs.fstatSync = numbers;
    fs.closeSync(open);
    fs.closeSync(another);
  }
});
