/** Whom a listening socket belongs to, on recorded tables and on real sockets. */

import assert from "node:assert/strict";
import {
  connectAddress,
  ownListeners,
  ownsListener,
  parseListeners,
} from "../../../profile/guards/sockets.ts";
import { isCaught } from "../../../profile/guards/signals.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

Deno.test("sockets: listening rows of tcp and tcp6, the others left out", () => {
  const text = HEAD +
    "   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n" +
    "   1: 0100007F:240D 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1\n" +
    "   2: 00000000000000000000000001000000:240E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4713 1 0\n" +
    "   3: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4714 1 0\n" +
    "   4: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0 00:0 0 0 0 4715 1 0\n" +
    "   5: garbage\n";
  assert.deepEqual(parseListeners(text), [
    { address: "127.0.0.1", port: 9229, inode: "4711" },
    { address: "::1", port: 9230, inode: "4713" },
    { address: "127.0.0.1", port: 8080, inode: "4714" },
    { address: "::", port: 80, inode: "4715" },
  ]);
});

Deno.test("sockets: wildcards are reached over loopback", () => {
  assert.equal(connectAddress({ address: "0.0.0.0", port: 1, inode: "1" }), "127.0.0.1");
  assert.equal(connectAddress({ address: "::", port: 1, inode: "1" }), "::1");
  assert.equal(connectAddress({ address: "127.0.0.2", port: 1, inode: "1" }), "127.0.0.2");
});

Deno.test("sockets: a process owns what it listens on, and nobody else does", () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  const own = ownListeners({ pid: Deno.pid, proc: "/proc" }).find((row) => row.port === port);
  assert.ok(own);
  assert.ok(ownsListener({ pid: Deno.pid, proc: "/proc" }, own));
  assert.equal(ownsListener({ pid: Deno.ppid, proc: "/proc" }, own), false);
});

Deno.test("sockets: a port where another process listens on a nearer address is nobody's", () => {
  const proc = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${proc}/7/fd`, { recursive: true });
    Deno.mkdirSync(`${proc}/7/net`);
    Deno.symlinkSync("socket:[1]", `${proc}/7/fd/3`);
    Deno.symlinkSync("socket:[2]", `${proc}/7/fd/4`);
    const row = (address: string, port: string, inode: number) =>
      `   0: ${address}:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 ${inode} 1 0\n`;
    Deno.writeTextFileSync(
      `${proc}/7/net/tcp`,
      HEAD + row("00000000", "240D", 1) + row("0100007F", "240D", 99) + row("0100007F", "240E", 2),
    );
    assert.deepEqual(ownListeners({ pid: 7, proc }).map(({ port }) => port), [9230]);
  } finally {
    Deno.removeSync(proc, { recursive: true });
  }
});

Deno.test("signals: a bit of SigCgt, counted from one", () => {
  const status = (mask: string) => `Name:\tnode\nSigIgn:\t0000000000001000\nSigCgt:\t${mask}\n`;
  assert.equal(isCaught(status("0000000000000200"), "SIGUSR1"), true); // bit 9: signal 10
  assert.equal(isCaught(status("0000000000000100"), "SIGUSR1"), false);
  assert.equal(isCaught(status("0000000000000004"), "SIGQUIT"), true);
  assert.equal(isCaught(status("0000000100000800"), "SIGUSR2"), true);
  assert.equal(isCaught("Name:\tx\n", "SIGUSR1"), false);
  assert.equal(isCaught("SigCgt:\tnonsense\n", "SIGUSR1"), false);
});
