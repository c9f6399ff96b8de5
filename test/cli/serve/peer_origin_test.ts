import assert from "node:assert/strict";
import { originOf, parseSocketUser } from "../../../cli/serve/peer_origin.ts";
import { requires } from "../../requires.ts";

const TABLE =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
  "   0: 0100007F:1D0D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0\n" +
  "   1: 0100007F:9C40 0100007F:1D0D 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0\n" +
  "   2: 0A00007F:9C40 0100007F:1D0D 01 00000000:00000000 00:00000000 00000000  1001        0 502 1 0 20 4 30 10 -1\n";
const TABLE_6 =
  "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid\n" +
  "   0: 00000000000000000000000001000000:9C40 00000000000000000000000001000000:1D0D 01 00000000:00000000 00:00000000 00000000  1002        0 503 1 0\n" +
  "   1: 0000000000000000FFFF00000100007F:9C41 0000000000000000FFFF00000100007F:1D0D 01 00000000:00000000 00:00000000 00000000  1003        0 504 1 0\n";

Deno.test("origin: the kernel's table names the user of a socket, and nobody of one that is closed", () => {
  assert.equal(parseSocketUser(TABLE, "127.0.0.10", 0x9c40), "1001");
  assert.equal(parseSocketUser(TABLE, "127.0.0.1", 0x9c40), null, "it waits to be forgotten");
  assert.equal(parseSocketUser(TABLE, "127.0.0.1", 0x1d0e), null);
  assert.equal(parseSocketUser(TABLE_6, "::1", 0x9c40), "1002");
  assert.equal(parseSocketUser(TABLE_6, "127.0.0.1", 0x9c41), "1003");
});

Deno.test("origin: another machine is its address", () =>
  assert.equal(originOf({ remote_address: "10.0.0.9", remote_port: 4711 }), "10.0.0.9"));

Deno.test({
  ...requires(
    "origin: two users of this machine are two, from whatever loopback address they come",
    "root",
    "python3",
  ),
  fn: async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const originFrom = async (uid: number, from: string) => {
      const client = new Deno.Command("python3", {
        args: [
          "-c",
          `import os,socket; os.setuid(${uid}); s=socket.socket(); s.bind(("${from}",0)); ` +
          `s.connect(("127.0.0.1",${port})); s.recv(1)`,
        ],
      }).spawn();
      const accepted = await Promise.race([listener.accept(), client.status]);
      assert.ok("remoteAddr" in accepted, "the client ended");
      const connection = accepted;
      const { hostname, port: remote_port } = connection.remoteAddr;
      const origin = originOf({ remote_address: hostname, remote_port });
      connection.close();
      await client.status;
      return origin;
    };
    assert.equal(await originFrom(65_534, "127.0.0.1"), "user 65534");
    assert.equal(await originFrom(65_534, "127.1.2.3"), "user 65534");
    assert.equal(await originFrom(12_345, "127.0.0.1"), "user 12345");
    listener.close();
  },
});
