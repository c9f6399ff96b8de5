import assert from "node:assert/strict";
import fc from "fast-check";
import {
  askRedis,
  parseRedisMemory,
  redisLimits,
  redisPort,
} from "../../../collectors/declared_limit/ask_redis.ts";

Deno.test("parseRedisMemory: what INFO memory says", () => {
  const answer =
    "$60\r\n# Memory\r\nused_memory:1049152\r\nused_memory_rss:9\r\nmaxmemory:50331648\r\nmaxmemory_human:48.00M\r\n\r\n+OK\r\n";
  assert.deepEqual(parseRedisMemory(answer), { used_memory_bytes: 1049152, maxmemory_bytes: 50331648 });
  assert.deepEqual(parseRedisMemory(answer.replace("50331648", "0")), {
    used_memory_bytes: 1049152,
    maxmemory_bytes: null,
  });
  assert.deepEqual(redisLimits({ used_memory_bytes: 1, maxmemory_bytes: null }), []);
  const [limit] = redisLimits(parseRedisMemory(answer)!);
  assert.deepEqual([limit!.name, limit!.bytes, limit!.fills_up], ["maxmemory", 50331648, true]);
  assert.equal(parseRedisMemory("-NOAUTH Authentication required.\r\n"), null);
  fc.assert(fc.property(fc.string(), (text) => assert.doesNotThrow(() => parseRedisMemory(text))));
});

Deno.test("redisPort: only of a server's title", () => {
  assert.equal(redisPort("/usr/bin/redis-server 127.0.0.1:6379 "), 6379);
  assert.equal(redisPort("redis-server *:7000 [cluster]"), 7000);
  assert.equal(redisPort("redis-server [::1]:7000"), 7000);
  for (const title of ["redis-server --port 7000", "redis-cli -p 7000", "redis-server 1.2.3.4:99999", ""]) {
    assert.equal(redisPort(title), null, title);
  }
});

Deno.test("askRedis: a title alone makes no connection", async () => {
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  // The socket is this test's, the title is another process's.
  const liar = new Deno.Command("bash", { args: ["-c", `exec -a "redis-server *:${port}" sleep 30`] })
    .spawn();
  while (redisPort(Deno.readTextFileSync(`/proc/${liar.pid}/cmdline`).replaceAll("\0", " ")) === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(await askRedis(liar.pid), null);
  assert.equal(connections, 0);
  liar.kill();
  await liar.status;
  listener.close();
  await serving;
});
