/** `leakwatch profile` on a real Node and a real Deno: the line of a leak, without harm and without traces. */

import assert from "node:assert/strict";
import { profileDocument } from "../../../cli/profile/document.ts";
import { renderText } from "../../../cli/report/text.ts";
import { ownListeners } from "../../../profile/guards/sockets.ts";
import type { Profile } from "../../../profile/profile.ts";
import { requires } from "../../requires.ts";
import { killTwenty, startMany } from "./killed_profiles.ts";
import { LeakingProgram, source, waitFor } from "./leaking_program.ts";
import { assertUnlocked, leakwatch, profileWith } from "./run_profile.ts";

const METHOD = "inspector-sampling";

/** V8 tells the line where a function begins, and the caller's where the function was inlined. */
const FUNCTION_OR_CALLER = /keepJob|keepLetter|setInterval/;

/** Text of the line that a frame names. */
function lineOf(frame: string): string {
  const [, file, line] = / (\/\S+):(\d+)$/.exec(frame)!;
  return Deno.readTextFileSync(file!).split("\n")[Number(line) - 1]!;
}

function assertClosed(program: LeakingProgram): void {
  assertUnlocked(program.pid);
  assert.deepEqual(ownListeners({ pid: program.pid, proc: "/proc" }), []);
}

Deno.test({
  ...requires("profile: Node's sampling names the line that leaks", "node"),
  fn: async () => {
    await using program = await startNode("leak_sessions.js");
    const { sites, coverage, meaning, cost } = await profileWith(METHOD, program.pid, "--for", "10s");
    const own = sites.flatMap(({ stack, share }) => (share ?? 0) > 0.1 ? stack : [])
      .filter((frame) => frame.includes("leak_sessions.js"));
    assert.match(lineOf(own[0]!), /constructor\(id\)|this\.events = |rememberSession|onRequest/);
    assert.ok(own.every((frame) => !/refillCache|healthyGarbage/.test(frame)));
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    assert.equal(meaning, "live-sampled");
    assert.ok(cost.pause_ms !== null);
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: heap snapshots name the constructor that grows and who holds it", "node"),
  fn: async () => {
    await using program = await startNode("leak_sessions.js");
    const { sites, coverage, cost } = await profileWith("heap-snapshot", program.pid, "--for", "4s");
    const session = sites.find(({ type }) => type === "Session")!;
    assert.match(session.held_by ?? "", /Map via \.table <- .*via variable sessions/);
    assert.ok(session.count! > 0);
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    assert.ok(cost.pause_ms! > 0);
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: Node's worker threads each have a result", "node"),
  fn: async () => {
    await using program = await startNode("leak_worker.js");
    const { part, sites } = await profileWith(METHOD, program.pid, "--for", "5s");
    assert.match(part ?? "", /worker 1.* \S*leak_worker\.js/);
    assert.match(
      lineOf(sites[0]!.stack.find((frame) => frame.includes("leak_worker.js"))!),
      FUNCTION_OR_CALLER,
    );
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: processes of Node's cluster are profiled one by one", "node"),
  fn: async () => {
    await using program = await startNode("leak_cluster.js");
    const { part, pid, sites } = await profileWith(METHOD, program.pid, "--for", "4s");
    assert.equal(part, `cluster worker ${pid}`);
    assert.notEqual(pid, program.pid);
    assert.match(
      lineOf(sites[0]!.stack.find((frame) => frame.includes("leak_cluster.js"))!),
      FUNCTION_OR_CALLER,
    );
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test("profile: Deno's sampling names the function that leaks", async () => {
  const code = `const kept = [];
    function keepThing(i) { kept.push({ i, text: "thing " + i, more: [i, i] }); }
    let n = 0; setInterval(() => { for (let i = 0; i < 300; i++) keepThing(n++); }, 50);
    setInterval(() => console.log("ticks 1 longest_ms 0"), 500);`;
  const file = Deno.makeTempFileSync({ dir: "/var/tmp", suffix: ".js" });
  Deno.writeTextFileSync(file, code);
  try {
    await using program = await LeakingProgram.start([Deno.execPath(), "run", "--quiet", file]);
    const { sites, coverage } = await profileWith(METHOD, program.pid, "--for", "5s");
    assert.match(sites[0]!.stack.join("\n"), new RegExp(`${file}:[23]`));
    assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
    await program.assertUnharmed();
    assertClosed(program);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test({
  ...requires("profile: a Node with its own mounts, processes and network", "node", "unshare", "root"),
  fn: async () => {
    await using program = await startNode("leak_sessions.js", { isolated: true });
    const { sites } = await profileWith(METHOD, program.pid, "--for", "5s");
    assert.match(sites[0]!.stack.join("\n"), /leak_sessions\.js/);
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: Buffers are told from the heap, and nothing is claimed of them", "node"),
  fn: async () => {
    const code = "const kept = []; setInterval(() => kept.push(Buffer.alloc(500000, 1)), 50);" +
      "setInterval(() => console.log('ticks 1 longest_ms 0'), 500)";
    await using program = await LeakingProgram.start(["node", "-e", code]);
    const args = ["--method", METHOD, "--yes", "--for", "5s", "--format", "json"];
    const { code: status, stdout, stderr } = await leakwatch(String(program.pid), ...args);
    assert.equal(status, 0, stderr);
    const profile = JSON.parse(stdout) as Profile;
    const sampled = profile.results.find(({ method }) => method === METHOD)!;
    assert.equal(sampled.growth_source, "rss");
    assert.ok((sampled.coverage ?? 0) < 0.5, `coverage ${sampled.coverage}`);
    // Whether sampling saw a line by chance or none at all, and the mappings come first.
    const text = renderText(profileDocument(profile, 5), { color: false }).replace(/\s+/g, " ");
    assert.match(
      text,
      /NOT EXPLAINED .*, (which does|so they do) not explain the growth.* is outside the heap/,
    );
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: while another process has port 9229 nobody is signalled or connected to", "node"),
  fn: async () => {
    const accepted: Deno.Conn[] = [];
    const listener = Deno.listen({ port: 9229, hostname: "127.0.0.1" });
    const accepting = (async () => {
      for await (const connection of listener) accepted.push(connection);
    })();
    await using program = await startNode("leak_sessions.js");
    const { code, stderr } = await leakwatch(String(program.pid), "--method", METHOD, "--yes", "--for", "1s");
    listener.close();
    await accepting;
    assert.equal(code, 1);
    assert.match(stderr, /^leakwatch: .*port 9229 in its network belongs to another process[^\n]*\n$/);
    assert.equal(accepted.length, 0);
    await program.assertUnharmed();
    assert.deepEqual(program.errors, []); // a Node that was signalled says so
  },
});

Deno.test({
  ...requires("profile: a handler of its own for SIGUSR1 is run, told of, and no harm", "node"),
  fn: async () => {
    Deno.env.set("OWN_HANDLER", "1");
    await using program = await startNode("leak_sessions.js");
    Deno.env.delete("OWN_HANDLER");
    const { code, stderr } = await leakwatch(String(program.pid), "--method", METHOD, "--yes", "--for", "1s");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^leakwatch: process \d+ did not open its inspector on SIGUSR1; it may have a handler of its own[^\n]*\n$/,
    );
    await program.assertUnharmed();
    assertClosed(program);
  },
});

Deno.test({
  ...requires("profile: a program that ends in the middle ends the profile in one line", "node"),
  fn: async () => {
    await using program = await startNode("leak_sessions.js");
    const running = leakwatch(String(program.pid), "--method", METHOD, "--yes", "--for", "20s");
    await waitFor("the inspector", () => ownListeners({ pid: program.pid, proc: "/proc" })[0] ?? null);
    Deno.kill(program.pid, "SIGKILL");
    const { code, stderr } = await running;
    assert.equal(code, 1);
    assert.match(stderr, /^leakwatch: [^\n]*(has ended|closed its inspector or ended)[^\n]*\n$/);
    assert.deepEqual(locks(program.pid), []);
  },
});

Deno.test({
  ...requires("profile: twenty kills in the middle of Node's sampling leave nothing", "node"),
  fn: async () => {
    // With a port for each: by default all want the same one.
    const start = () => LeakingProgram.start(["node", "--inspect-port=0", source("leak_sessions.js")]);
    await using programs = await startMany(start);
    await killTwenty(programs.all, ["--method", METHOD, "--yes", "--for", "1s"], assertClosed);
  },
});

Deno.test({
  ...requires("profile: a second profile of the same process is refused", "node"),
  fn: async () => {
    await using program = await startNode("leak_sessions.js");
    const first = profileWith(METHOD, program.pid, "--for", "6s");
    await waitFor("the lock", () => locks(program.pid).length > 0 || null);
    const { code, stderr } = await leakwatch(String(program.pid), "--method", METHOD, "--yes", "--for", "1s");
    assert.equal(code, 1);
    assert.match(stderr, /^leakwatch: process \d+ is being profiled by process \d+; wait for it to end\n$/);
    assert.ok((await first).sites.length > 0);
    assertClosed(program);
  },
});

const locks = (pid: number) =>
  [...Deno.readDirSync("/run")].filter(({ name }) => name.startsWith(`leakwatch-profile-${pid}-`));

/** Node says three lines about its debugger on stderr; that is told and no harm. */
function startNode(name: string, options: { isolated?: boolean } = {}): Promise<LeakingProgram> {
  return LeakingProgram.start(["node", source(name)], options);
}
