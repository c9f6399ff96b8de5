import assert from "node:assert/strict";
import fc from "fast-check";
import { ProfileError } from "../../../profile/errors.ts";
import { gdbArguments, gdbCommands, parseGdbOutput } from "../../../profile/inject/gdb.ts";
import { parseAnswer } from "../../../profile/inject/run_code.ts";
import { parseTrace } from "../../../profile/inject/trace.ts";
import { parseTypeCounts } from "../../../profile/inject/types.ts";
import { asciiJson } from "../../../profile/json.ts";
import { PYTHON } from "../../../profile/python/interpreter.ts";
import { RUBY } from "../../../profile/ruby/interpreter.ts";
import { has, requires } from "../../requires.ts";

Deno.test("gdb: calls nothing unless both symbols are there, maps a page only once", () => {
  for (const interpreter of [PYTHON, RUBY]) {
    const lines = gdbCommands(interpreter, "/tmp/a.py", null).split("\n");
    const guard = lines.indexOf("if $queue != 0 && $run != 0");
    assert.ok(lines.findIndex((line) => line.includes("mmap")) > guard);
    assert.ok(lines.findIndex((line) => line.includes("$queue($run") || line.includes("$queue(0")) > guard);
    assert.deepEqual(lines.slice(-3), ["detach", "quit", ""]);
    assert.ok(!gdbCommands(interpreter, "/tmp/a.py", 4096n).includes("mmap"));
  }
});

Deno.test("gdb: nothing of the machine's is loaded, and no symbol is fetched", () => {
  assert.deepEqual(gdbArguments(7), [
    "-nx",
    "-q",
    "-iex",
    "set debug-file-directory /nonexistent",
    "-iex",
    "set auto-load off",
    "-iex",
    "set debuginfod enabled off",
    "-p",
    "7",
  ]);
});

Deno.test("gdb: what it says is a page or one line of reason", () => {
  assert.equal(parseGdbOutput(PYTHON, "(gdb) > leakwatch: page 4096 queued 0\n(gdb) ", ""), 4096n);
  assert.equal(parseGdbOutput(RUBY, "leakwatch: page 8192 queued 1\n", ""), 8192n);
  assert.throws(
    () => parseGdbOutput(PYTHON, "leakwatch: page 4096 queued -1\n", ""),
    /queue of calls is full/,
  );
  assert.throws(
    () => parseGdbOutput(PYTHON, "", 'No symbol "Py_AddPendingCall" in current context.'),
    /not export/,
  );
  assert.throws(() => parseGdbOutput(RUBY, "", "ptrace: Operation not permitted."), /run leakwatch as root/);
  fc.assert(fc.property(fc.string(), fc.string(), (stdout, stderr) => {
    assert.throws(() => parseGdbOutput(PYTHON, stdout, stderr), ProfileError);
  }));
});

Deno.test("answers: anything but the right object is refused in one line", () => {
  const refused = (parse: () => unknown) => {
    try {
      parse();
    } catch (error) {
      assert.ok(error instanceof ProfileError, String(error));
      assert.ok(!error.message.includes("\n"));
    }
  };
  fc.assert(fc.property(fc.uint8Array(), (bytes) => refused(() => parseAnswer(bytes))));
  fc.assert(fc.property(fc.json(), (text) => {
    refused(() => parseTypeCounts(parseAnswer(new TextEncoder().encode(text))));
    refused(() => parseTrace(parseAnswer(new TextEncoder().encode(text))));
  }));
  assert.throws(() => parseAnswer(new TextEncoder().encode('{"error": "NameError:\\nx"}')), /NameError: x/);
});

Deno.test("answers: counts, holders and traces that are right are taken, and strange rows left out", () => {
  const { types, holders } = parseTypeCounts({
    types: { A: [3, 90.4], B: [1, null], C: "x" },
    objects: 4,
    milliseconds: 1,
    holders: { A: ["list of 3", 7, "m.kept"], B: {} },
  });
  assert.deepEqual([...types], [["A", { count: 3, bytes: 90 }], ["B", { count: 1, bytes: null }]]);
  assert.deepEqual([...holders], [["A", ["list of 3", "m.kept"]], ["B", []]]);
  const good = { live_bytes: 10, count: 1, stack: ["f /a.py:1"] };
  const own = { live_bytes: 10, count: 1, stack: ["_leakwatch /tmp/leakwatch-profile-1.py:3"] };
  const { sites } = parseTrace({
    sites: [good, own, { live_bytes: "1" }, null],
    overhead_bytes: 0,
    milliseconds: 1,
  });
  assert.deepEqual(sites.map(({ stack }) => stack), [["f /a.py:1"]]);
});

/** What an interpreter makes of a script, run from a file as in the target. */
function run(command: string, script: string, extension: string): string {
  const directory = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${directory}/script.${extension}`, script);
    const { stderr } = new Deno.Command(command, {
      args: [`script.${extension}`],
      cwd: directory,
      stderr: "piped",
    })
      .outputSync();
    assert.equal(new TextDecoder().decode(stderr), "");
    return Deno.readTextFileSync(`${directory}/answer`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test({
  ...requires("setups: Python and Ruby read a JSON text as the same strings", "python3", "ruby"),
  fn: () => {
    const text = `"'\\#{1}#$0%s\n\u2028é😀`;
    assert.match(asciiJson({ text }), /^[ -~]*$/);
    const python = `import json\nopen("answer", "w").write(json.dumps(${asciiJson({ text })}["text"]))\n`;
    // Python reads a surrogate pair as two characters, which its JSON writes as the same two escapes.
    assert.equal(JSON.parse(run("python3", python, "py")), text);
    const ruby = `File.write("answer", ${asciiJson({ text: text.replace("😀", "") })}[:text])\n`;
    assert.equal(run("ruby", ruby, "rb"), text.replace("😀", ""));
  },
});

Deno.test({
  ...requires("scripts: an answer is not written where its file is gone", "python3", "ruby"),
  fn: () => {
    const directory = Deno.makeTempDirSync();
    try {
      const answer = `${directory}/gone.json`;
      const scripts: [string, string][] = [
        ["python3", PYTHON.script("def _leakwatch(setup):\n    return {}\n", { answer })],
        ["ruby", RUBY.script("leakwatch = ->(setup) { {} }\nleakwatch_in_thread = false\n", { answer })],
      ];
      for (const [command, script] of scripts) {
        assert.ok(has(command as "ruby"));
        Deno.writeTextFileSync(`${directory}/script`, script);
        new Deno.Command(command, { args: [`${directory}/script`], stderr: "null" }).outputSync();
        assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["script"]);
        Deno.writeTextFileSync(answer, "");
        new Deno.Command(command, { args: [`${directory}/script`] }).outputSync();
        assert.equal(Deno.readTextFileSync(answer), "{}\n");
        Deno.removeSync(answer);
      }
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
