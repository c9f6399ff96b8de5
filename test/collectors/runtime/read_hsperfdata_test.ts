import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { findHsperfdata, readHsperfdata } from "../../../collectors/runtime/read_hsperfdata.ts";
import { requires } from "../../requires.ts";

const FIXTURE = gunzipSync(
  Deno.readFileSync(new URL("../../fixtures/hsperfdata/g1.gz", import.meta.url)),
);

/** A proc root with process 7, whose root directory is `root` and who has mapped /tmp/hsperfdata_app/1. */
function fakeProcess(uid = Deno.uid()!): { proc: string; file: string; remove(): void } {
  const proc = Deno.makeTempDirSync();
  const directory = `${proc}/7/root/tmp/hsperfdata_app`;
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeTextFileSync(`${proc}/7/status`, `Name:\tjava\nUid:\t0\t${uid}\t0\t0\n`);
  Deno.writeTextFileSync(
    `${proc}/7/maps`,
    "7f17ae700000-7f17ae7c0000 rw-p 00000000 00:00 0 \n" +
      "7f17ae7c1000-7f17ae7c9000 rw-s 00000000 fe:00 2154509                    /tmp/hsperfdata_app/1\n",
  );
  return { proc, file: `${directory}/1`, remove: () => Deno.removeSync(proc, { recursive: true }) };
}

Deno.test("readHsperfdata: the file a process has mapped, in the process's own root", () => {
  const { proc, file, remove } = fakeProcess();
  Deno.writeFileSync(file, FIXTURE);
  assert.equal(findHsperfdata(7, proc), "/tmp/hsperfdata_app/1");
  assert.equal(readHsperfdata(7, { proc })?.old_used_bytes, 91673600);
  remove();
});

Deno.test("readHsperfdata: links, FIFOs, large files and other users' files are refused", () => {
  const { proc, file, remove } = fakeProcess();
  const elsewhere = `${proc}/elsewhere`;
  Deno.writeFileSync(elsewhere, FIXTURE);
  Deno.symlinkSync(elsewhere, file);
  assert.equal(readHsperfdata(7, { proc }), null, "a link as the file");

  Deno.removeSync(file);
  new Deno.Command("mkfifo", { args: [file] }).outputSync();
  assert.equal(readHsperfdata(7, { proc }), null, "a FIFO must not block");

  Deno.removeSync(file);
  Deno.writeFileSync(file, new Uint8Array(1024 * 1024 + 1));
  assert.equal(readHsperfdata(7, { proc }), null, "more than 1 MiB");

  Deno.removeSync(`${proc}/7/root/tmp/hsperfdata_app`, { recursive: true });
  Deno.mkdirSync(`${proc}/real`);
  Deno.writeFileSync(`${proc}/real/1`, FIXTURE);
  Deno.symlinkSync(`${proc}/real`, `${proc}/7/root/tmp/hsperfdata_app`);
  assert.equal(readHsperfdata(7, { proc }), null, "a link as the directory");
  remove();

  const other = fakeProcess(Deno.uid()! + 1);
  Deno.writeFileSync(other.file, FIXTURE);
  assert.equal(readHsperfdata(7, { proc: other.proc }), null, "another user's file");
  other.remove();
});

const COLLECTORS = {
  serial: "-XX:+UseSerialGC",
  parallel: "-XX:+UseParallelGC",
  g1: "-XX:+UseG1GC",
};

Deno.test({
  ...requires("readHsperfdata: live JVMs, and one that publishes nothing", "java", "javac"),
  fn: async () => {
    const directory = Deno.makeTempDirSync();
    Deno.writeTextFileSync(
      `${directory}/Keep.java`,
      `public class Keep { public static void main(String[] a) throws Exception {
         byte[][] kept = new byte[512][];
         for (int i = 0; i < kept.length; i++) kept[i] = new byte[64 * 1024];
         System.gc(); System.out.println("ready"); System.in.read(); System.out.println(kept.length); } }`,
    );
    await new Deno.Command("javac", { args: ["-d", directory, `${directory}/Keep.java`] }).output();
    for (const [collector, option] of Object.entries(COLLECTORS)) {
      await withJava([option, "-Xmx128m", "-cp", directory, "Keep", "argument"], (pid) => {
        const read = readHsperfdata(pid);
        assert.equal(read?.collector, collector);
        assert.equal(read.heap_max_bytes! > 120e6 && read.heap_max_bytes! <= 128 * 1024 * 1024, true);
        // 32 MiB are kept; a collection of everything has just ended, and the archive's heap adds a few.
        assert.equal(
          read.old_used_bytes! >= 32 * 1024 * 1024 && read.old_used_bytes! < 48e6,
          true,
          collector,
        );
        assert.equal(read.full_collections, 1);
        assert.equal(read.java_command, "Keep argument");
      });
    }
    await withJava(["-XX:-UsePerfData", "-cp", directory, "Keep"], (pid) => {
      assert.equal(findHsperfdata(pid), null);
      assert.equal(readHsperfdata(pid), null);
    });
    Deno.removeSync(directory, { recursive: true });
  },
});

/** Shows a JVM's pid once it has said "ready", then lets it end. */
async function withJava(args: string[], look: (pid: number) => void): Promise<void> {
  const child = new Deno.Command("java", { args, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value).trim(), "ready");
    look(child.pid);
  } finally {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  }
}
