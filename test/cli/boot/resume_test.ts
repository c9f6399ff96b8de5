import assert from "node:assert/strict";
import { BootProgressFile } from "../../../cli/boot/resume.ts";
import { inDirectory } from "../../store/sessions.ts";

const progress = () => ({ ...PROGRESS, growth: ['{"version"', ":3}"] });
const PROGRESS = {
  boot: "boot-1:5",
  started_at_seconds: 1_800_000_000,
  time_seconds: 1_800_000_300,
  baseline_used_bytes: 1e9,
  done: false,
  alerts: undefined,
};

Deno.test("boot state: comes back in the same boot, and in no other", () =>
  inDirectory(async (directory) => {
    const file = new BootProgressFile(directory);
    assert.equal(await file.read(PROGRESS.boot), null);
    await file.write(progress());
    assert.equal((await file.read(PROGRESS.boot))!.started_at_seconds, PROGRESS.started_at_seconds);
    assert.equal(await file.read("boot-2:5"), null);
  }));

Deno.test("boot state: what is in its place and none is passed over, and replaced", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/boot.json`, file = new BootProgressFile(directory);
    await file.write(progress());
    const whole = Deno.readTextFileSync(path);
    const places: Record<string, () => void> = {
      "a FIFO": () => new Deno.Command("mkfifo", { args: [path] }).outputSync(),
      "a link": () => Deno.symlinkSync("/etc/passwd", path),
      "a sparse file": () => Deno.createSync(path).truncateSync(4 * 2 ** 30),
      "half of it": () => Deno.writeTextFileSync(path, whole.slice(0, whole.length / 2)),
      "a time that is none": () => Deno.writeTextFileSync(path, whole.replace("1800000000", "1e300")),
      "a flag that is none": () => Deno.writeTextFileSync(path, whole.replace("false", '"no"')),
    };
    for (const [what, place] of Object.entries(places)) {
      Deno.removeSync(path);
      place();
      assert.equal(await file.read(PROGRESS.boot), null, what);
      await file.write(progress());
      assert.equal(Deno.readTextFileSync(path), whole, what);
    }
  }));
