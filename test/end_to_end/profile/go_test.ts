/** `leakwatch profile` on a real Go program that serves net/http/pprof. */

import assert from "node:assert/strict";
import { requires } from "../../requires.ts";
import { built, LeakingProgram, source } from "./leaking_program.ts";
import { profileWith, refusalOf } from "./run_profile.ts";

async function startGo(address: string, isolated = false): Promise<LeakingProgram> {
  const directory = await built(
    "leak_tickets.go",
    (directory) => ["go", "build", "-o", `${directory}/tickets`],
  );
  return await LeakingProgram.start([`${directory}/tickets`, address], { isolated });
}

/** A port of this machine that is free now. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

for (const isolated of [false, true]) {
  const where = isolated ? "in a network of its own" : "here";
  Deno.test({
    ...requires(`profile: the stack that leaks in Go, ${where}`, "go", "unshare", "root"),
    fn: async () => {
      await using program = await startGo(`127.0.0.1:${freePort()}`, isolated);
      const { sites, coverage } = await profileWith("go-heap-gc", program.pid, "--for", "20s");
      const line = Number(sites[0]!.stack[0]!.split(":").at(-1));
      assert.match(sites[0]!.stack[0]!, /^main\.openTicket /);
      assert.match(
        Deno.readTextFileSync(source("leak_tickets.go")).split("\n")[line - 1]!,
        /tickets = &ticket/,
      );
      assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
      await program.assertUnharmed();
      assert.deepEqual(program.errors, []);
    },
  });
}

Deno.test({
  ...requires("profile: a port that belongs to another process is not asked", "go", "root"),
  fn: async () => {
    const asked: string[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      asked.push(request.url);
      return new Response("not yours");
    });
    // The program wants the same port, does not get it, and leaks on without.
    await using program = await startGo(`127.0.0.1:${server.addr.port}`);
    const refusal = await refusalOf("go-heap", program.pid);
    await server.shutdown();
    assert.match(refusal, /listens on no TCP port of its own/);
    assert.deepEqual(asked, []);
  },
});
