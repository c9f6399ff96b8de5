import assert from "node:assert/strict";
import { CommandSink } from "../../sinks/command.ts";
import { makeAlert, until } from "./make.ts";

const sh = (script: string, more: object = {}) =>
  new CommandSink({ type: "command", command: ["/bin/sh", "-c", script], ...more }, "db-7");

Deno.test("command: the alert is in its environment, and no shell reads it", async () => {
  const file = Deno.makeTempFileSync();
  const message = `$(touch ${file}.pwned) \`id\` "; rm -rf`;
  Deno.env.set("LEAKWATCH_TEST_SECRET", "x");
  const sink = sh(`env | grep -E '^(LEAKWATCH|PATH)' | sort > ${file}`);
  sink.send(makeAlert({ message, value: null }));
  await sink.close(5);
  Deno.env.delete("LEAKWATCH_TEST_SECRET");
  const lines = Deno.readTextFileSync(file).trim().split("\n");
  assert.ok(lines.includes(`LEAKWATCH_MESSAGE=${message}`));
  assert.ok(lines.includes("LEAKWATCH_HOST=db-7") && lines.includes("LEAKWATCH_STATE=firing"));
  assert.ok(lines.includes("LEAKWATCH_VALUE=") && lines.includes("LEAKWATCH_THRESHOLD=10"));
  assert.ok(!lines.some((line) => line.includes("SECRET")), "our own environment stays ours");
  assert.throws(() => Deno.statSync(`${file}.pwned`));
  assert.equal(sink.error(), null);
  Deno.removeSync(file);
});

Deno.test("command: one that fails, is missing or hangs is a trouble", async () => {
  const failing = sh("exit 3");
  failing.send(makeAlert());
  await until(() => failing.error() !== null);
  assert.deepEqual(failing.error(), { name: "command", why: "/bin/sh ended with 3" });
  await failing.close(1);

  const missing = new CommandSink({ type: "command", name: "pager", command: ["/no/such/program"] }, "h");
  missing.send(makeAlert());
  assert.match(missing.error()!.why, /^cannot run \/no\/such\/program: /);
  await missing.close(1);

  const hanging = sh("exec sleep 60", { timeout: 0.05 });
  hanging.send(makeAlert());
  await until(() => hanging.error() !== null);
  assert.deepEqual(hanging.error(), { name: "command", why: "/bin/sh took longer than 0.05 s" });
  await hanging.close(1);
});

Deno.test("command: two run at once, the rest wait, and all are run", async () => {
  const directory = Deno.makeTempDirSync();
  const sink = sh(
    `echo x >> ${directory}/$LEAKWATCH_ID.begun; sleep 0.05; ls ${directory} | wc -l > /dev/null`,
  );
  for (let i = 0; i < 6; i++) sink.send(makeAlert({ id: `${i}` }));
  const begun = () => [...Deno.readDirSync(directory)].length;
  assert.ok(begun() <= 2);
  await until(() => begun() === 6);
  await sink.close(5);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("command: closing kills what does not end in time", async () => {
  const sink = sh("exec sleep 60");
  sink.send(makeAlert());
  await sink.close(0.05);
});
