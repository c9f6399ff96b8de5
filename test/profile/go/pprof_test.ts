/** Servers that are no pprof, or worse; they are this process's own sockets, so they pass the guard of ownership. */

import assert from "node:assert/strict";
import { findPprof, HEAP_PATH, readHeapProfile } from "../../../profile/go/pprof.ts";
import { ownListeners } from "../../../profile/guards/sockets.ts";
import { readTarget } from "../../../profile/target.ts";
import { sample } from "../samples.ts";

async function serving(answer: () => Response, test: (port: number) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    await test(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

const TEXT = { headers: { "content-type": "text/plain; charset=utf-8" } };
const self = readTarget(Deno.pid);
const listenerOn = (port: number) => ownListeners(self).find((listener) => listener.port === port)!;

Deno.test("pprof: a heap profile of a socket of its own", () =>
  serving(() => new Response(sample("go_heap.txt"), TEXT), async (port) => {
    const found = await findPprof(self, HEAP_PATH);
    assert.equal(found!.listener.port, port);
    assert.equal(found!.profile.heap_alloc_bytes, 12_892_416);
  }));

Deno.test("pprof: another service, a redirect and a page are refused", async () => {
  const answers = [
    () => new Response("not found", { status: 404 }),
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    () => Response.redirect("http://127.0.0.1:1/"),
    () => new Response("heap of rubbish", TEXT),
  ];
  for (const answer of answers) {
    await serving(answer, async (port) => {
      await assert.rejects(() => readHeapProfile(self, listenerOn(port), HEAP_PATH), {
        name: "ProfileError",
      });
      assert.equal(await findPprof(self, HEAP_PATH), null);
    });
  }
});

Deno.test("pprof: an answer without end is cut off", () =>
  serving(() => {
    const chunk = new Uint8Array(1024 * 1024);
    return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }), TEXT);
  }, async (port) => {
    await assert.rejects(
      () => readHeapProfile(self, listenerOn(port), HEAP_PATH),
      /more than 67108864 bytes|in 10 s/,
    );
  }));

Deno.test("pprof: a socket that is another's by now is not asked", async () => {
  const stale = { address: "127.0.0.1", port: 9, inode: "1" };
  await assert.rejects(() => readHeapProfile(self, stale, HEAP_PATH), /belongs to another process/);
});
