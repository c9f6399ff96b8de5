import assert from "node:assert/strict";
import { listRootDirectory, readRootFile } from "../../../collectors/process/root_file.ts";

function fakeRoot(): { proc: string; root: string; remove(): void } {
  const proc = Deno.makeTempDirSync();
  const root = `${proc}/7/root`;
  Deno.mkdirSync(`${root}/etc/mysql/conf.d`, { recursive: true });
  Deno.writeTextFileSync(`${root}/etc/real.cnf`, "inside");
  return { proc, root, remove: () => Deno.removeSync(proc, { recursive: true }) };
}

const read = (proc: string, path: string, followLinks = true) => {
  const file = readRootFile(7, path, { proc, followLinks });
  return file === null ? null : new TextDecoder().decode(file.bytes);
};

Deno.test("readRootFile: absolute and relative links stay inside the process's root", () => {
  const { proc, root, remove } = fakeRoot();
  Deno.writeTextFileSync(`${proc}/secret`, "outside");
  Deno.symlinkSync("/etc/real.cnf", `${root}/etc/mysql/absolute.cnf`);
  Deno.symlinkSync("../real.cnf", `${root}/etc/mysql/relative.cnf`);
  Deno.symlinkSync("../../../../../../etc/real.cnf", `${root}/etc/mysql/above.cnf`);
  Deno.symlinkSync(`${proc}/secret`, `${root}/etc/mysql/outside.cnf`);
  Deno.symlinkSync("/etc", `${root}/etc/mysql/directory`);
  assert.equal(read(proc, "/etc/mysql/absolute.cnf"), "inside");
  assert.equal(read(proc, "/etc/mysql/relative.cnf"), "inside");
  assert.equal(read(proc, "/etc/mysql/above.cnf"), "inside");
  assert.equal(read(proc, "/etc/mysql/directory/real.cnf"), "inside");
  assert.equal(read(proc, "/../../etc/./real.cnf"), "inside");
  assert.equal(read(proc, "/etc/mysql/outside.cnf"), null);
  assert.equal(read(proc, "/etc/mysql/absolute.cnf", false), null);
  remove();
});

Deno.test("readRootFile: what is no regular file, or endless, is refused", () => {
  const { proc, root, remove } = fakeRoot();
  Deno.symlinkSync("b", `${root}/a`);
  Deno.symlinkSync("a", `${root}/b`);
  new Deno.Command("mkfifo", { args: [`${root}/fifo`] }).outputSync();
  Deno.writeFileSync(`${root}/large`, new Uint8Array(1024 * 1024 + 1));
  for (const path of ["/a", "/fifo", "/large", "/etc", "/missing", "relative", "/etc\0/real.cnf", ""]) {
    assert.equal(read(proc, path), null, path);
  }
  assert.equal(readRootFile(8, "/etc/real.cnf", { proc }), null, "no such process");
  remove();
});

Deno.test("readRootFile: leaves no descriptor open", () => {
  const { proc, root, remove } = fakeRoot();
  Deno.symlinkSync("/etc/mysql", `${root}/link`);
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = open();
  for (const path of ["/etc/real.cnf", "/link/../real.cnf", "/link/missing", "/etc/real.cnf/below"]) {
    read(proc, path);
    listRootDirectory(7, path, { proc });
  }
  assert.equal(open(), before);
  remove();
});

Deno.test("listRootDirectory: names in order, null for what is not a directory", () => {
  const { proc, root, remove } = fakeRoot();
  for (const name of ["b.cnf", "a.cnf"]) Deno.writeTextFileSync(`${root}/etc/mysql/conf.d/${name}`, "");
  assert.deepEqual(listRootDirectory(7, "/etc/mysql/conf.d", { proc }), ["a.cnf", "b.cnf"]);
  assert.equal(listRootDirectory(7, "/etc/real.cnf", { proc }), null);
  assert.equal(listRootDirectory(7, "/nowhere", { proc }), null);
  remove();
});
