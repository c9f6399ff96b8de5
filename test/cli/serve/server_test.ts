import assert from "node:assert/strict";
import { parseListeningInode } from "../../../collectors/process/port_holder.ts";
import { isLoopback } from "../../../cli/serve/loopback.ts";
import { startServer } from "../../../cli/serve/server.ts";
import { readToken } from "../../../cli/serve/token_file.ts";
import { watchOnDemand } from "../../../cli/serve/on_demand_loop.ts";
import { fakeApp } from "../../ui/fake_app.ts";

const NO_SESSIONS = {
  list: () => Promise.resolve({ sessions: [], directories: [], unreadable: [] }),
  open: () => Promise.resolve(null),
};
const LIVE = {
  pipeline: { rules: () => [], needed_seconds: 60 },
  memory_map: () => [],
  hide_arguments: false,
  interval_seconds: 2,
};

function start(
  options: { port?: number; host?: string; token_file?: string; port_option?: "--port" | "--ui" },
) {
  return startServer({
    port: 0,
    host: "127.0.0.1",
    port_option: "--port",
    live: LIVE,
    library: NO_SESSIONS,
    say: () => {},
    ...options,
  });
}

Deno.test("serve: a port that is taken is said in one line, with who has it and what to type", async () => {
  const first = await start({});
  const port = Number(new URL(first.url).port);
  try {
    for (const port_option of ["--port", "--ui"] as const) {
      const words =
        `^port ${port} is taken by .+ \\(${Deno.pid}\\); choose another with ${port_option} PORT$`;
      await assert.rejects(start({ port, port_option }), { message: new RegExp(words) });
    }
  } finally {
    await first.close();
  }
});

Deno.test("serve: any address but a loopback one demands a token", async () => {
  await assert.rejects(
    start({ host: "0.0.0.0" }),
    /0\.0\.0\.0 can be reached by others, so a token is needed/,
  );
  assert.ok(["127.0.0.1", "127.1.2.3", "::1", "localhost"].every(isLoopback));
  assert.ok(!["0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.example.org"].some(isLoopback));
});

Deno.test("serve: a token file must be there, long enough, and closed to others", async () => {
  const directory = await Deno.makeTempDir();
  const write = (name: string, text: string, mode: number) => {
    Deno.writeTextFileSync(`${directory}/${name}`, text);
    Deno.chmodSync(`${directory}/${name}`, mode);
    return `${directory}/${name}`;
  };
  try {
    assert.equal(readToken(write("good", "  0123456789abcdef\nsecond line", 0o640)), "0123456789abcdef");
    assert.throws(() => readToken(`${directory}/none`), /not found; make one/);
    assert.throws(() => readToken(write("short", "secret\n", 0o600)), /fewer than 16 letters/);
    assert.throws(
      () => readToken(write("open", "0123456789abcdef", 0o644)),
      /everybody can read it; chmod 600/,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("serve: the listening socket is found by its port, not a connection to the same one", () => {
  const head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const row = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1`;
  const text = [
    head,
    row("0100007F:1D0D", "01", 7),
    row("0100007F:1D0D", "0A", 42),
    row("0100007F:0050", "0A", 9),
  ]
    .join("\n");
  assert.equal(parseListeningInode(text, 7437), "42");
  assert.equal(parseListeningInode(text, 80), "9");
  assert.equal(parseListeningInode(text, 81), null);
  assert.equal(parseListeningInode("", 80), null);
});

Deno.test({
  name: "serve: samples are taken only while somebody looks",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { live, machine } = fakeApp();
    let taken = 0;
    const source = {
      sample: machine.sample,
      take() {
        taken++;
        return machine.advance(0);
      },
      close() {},
    };
    const stop = new AbortController();
    const watching = watchOnDemand(live, {
      source,
      interval_seconds: 0.02,
      signal: stop.signal,
      pipeline: { evaluate: (sample) => ({ sample, findings: [], alerts: [], changes: [] }) },
      observers: [],
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.equal(taken, 0);
    const leave = live.presence.join();
    while (taken < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(live.samples >= 2);
    leave();
    stop.abort();
    await watching;
    live.close();
  },
});
