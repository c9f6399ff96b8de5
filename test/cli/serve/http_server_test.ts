import assert from "node:assert/strict";
import type { MakeProtocol } from "../../../cli/serve/http_protocol.ts";
import { serveHttp } from "../../../cli/serve/http_server.ts";
import { nodeProtocol } from "../../../cli/serve/node_protocol.ts";
import { plainProtocol } from "../../../cli/serve/plain_protocol.ts";
import { programs } from "../../programs.ts";

const decoder = new TextDecoder();

/** Sends parts as they are and reads until the server closes or the text says it is complete. */
async function ask(port: number, ...parts: string[]): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay();
  try {
    for (const part of parts) {
      const bytes = new TextEncoder().encode(part);
      for (let done = 0; done < bytes.length;) {
        done += await connection.write(bytes.subarray(done)).catch(() => NaN);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const buffer = new Uint8Array(65_536);
    let answer = "";
    while (!/\r\n\r\n[^]+/.test(answer)) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) break;
      answer += decoder.decode(buffer.subarray(0, count));
    }
    return answer;
  } finally {
    connection.close();
  }
}

const PROTOCOLS = { node: nodeProtocol, plain: plainProtocol };

/** What the handler would be asked to do by each request; nothing where it is refused before. */
async function seenBy(
  protocol: MakeProtocol,
  requests: readonly string[],
): Promise<{ answers: string[]; seen: string[] }> {
  const seen: string[] = [];
  const server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    handler: async (request, { remote_address }) => {
      seen.push(
        `${request.method} ${new URL(request.url).pathname} ${remote_address} ${await request.text()}`,
      );
      return new Response("answer\n");
    },
    report: (message) => assert.fail(message),
  }, protocol);
  try {
    const answers: string[] = [];
    for (const request of requests) answers.push((await ask(server.port, request)).split("\r\n")[0]!);
    return { answers, seen };
  } finally {
    await server.close();
  }
}

for (const [name, protocol] of Object.entries(PROTOCOLS)) {
  Deno.test(`http server (${name}): what two readers could understand in two ways never reaches the handler`, async () => {
    const { answers, seen } = await seenBy(protocol, [
      "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
      "GET http://evil.example/absolute HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET //evil.example/authority HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /twice HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /none HTTP/1.1\r\n\r\n",
      "POST /both HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /lengths HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "GET /folded HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n\x00",
      "nonsense\r\n\r\n",
    ]);
    assert.deepEqual(
      seen.filter((each) => !each.includes("/folded")),
      ["GET /plain 127.0.0.1 ", "POST /form 127.0.0.1 abc"],
    );
    for (const answer of answers.slice(0, 2)) assert.equal(answer, "HTTP/1.1 200 OK");
    for (const answer of answers.slice(2, 8)) assert.match(answer, /^$|^HTTP\/1\.1 400 /);
  });

  Deno.test(`http server (${name}): a head of any length in any parts is read or refused, and the server goes on`, async () => {
    const server = serveHttp({
      hostname: "127.0.0.1",
      port: 0,
      handler: () => new Response("answer\n"),
      report: (message) => assert.fail(message),
    }, protocol);
    try {
      const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      for (let cut = 1; cut < request.length; cut++) {
        const answer = await ask(server.port, request.slice(0, cut), request.slice(cut));
        assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nanswer\n$/, `cut at ${cut}`);
      }
      assert.doesNotMatch(
        await ask(server.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n`),
        /200/,
      );
      assert.match(await ask(server.port, request), /answer\n$/);
    } finally {
      await server.close();
    }
  });

  Deno.test(`http server (${name}): an event stream goes on until the viewer leaves, and the server hears of it`, async () => {
    const left = Promise.withResolvers<void>();
    const server = serveHttp({
      hostname: "127.0.0.1",
      port: 0,
      handler: () =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
            cancel: () => left.resolve(),
          }),
          { headers: { "content-type": "text/event-stream" } },
        ),
      report: (message) => assert.fail(message),
    }, protocol);
    try {
      // `ask` leaves after the first event.
      assert.match(await ask(server.port, "GET /api/live HTTP/1.1\r\nHost: a\r\n\r\n"), /data: 1\n\n/);
      await left.promise;
    } finally {
      await server.close();
    }
  });
}

const CONNECTIONS = 400;

/** The program under limits of descriptors, once it says where it listens. */
async function startUnder(limits: string, args: readonly string[]) {
  const command = [...programs().at(-1)!.command, ...args];
  const child = new Deno.Command("sh", {
    args: ["-c", `${limits} && exec "$0" "$@"`, ...command],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  const url = Promise.withResolvers<URL>();
  const reading = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += part;
      const said = stderr.match(/http:\/\/\S+:\d+\//);
      if (said) url.resolve(new URL(said[0]));
    }
    url.reject(new Error(`ended at once: ${stderr}`));
  })();
  const port = Number((await url.promise).port);
  const stop = async () => {
    child.kill("SIGTERM");
    const { code } = await child.status;
    await reading;
    return { code, stderr };
  };
  return { pid: child.pid, port, stop };
}

/** The program with room for far fewer descriptors than there are connections. */
async function underConnections(
  args: readonly string[],
): Promise<{ answer: string; stderr: string; code: number }> {
  const { port, stop } = await startUnder("ulimit -n 200", args);
  const open: Deno.TcpConn[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    open.push(
      await Deno.connect({ hostname: "127.0.0.1", port })
        .catch(async () => assert.fail(`ended: ${(await stop()).stderr}`)),
    );
  }
  const answer = await ask(port, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const { code, stderr } = await stop();
  for (const connection of open) connection.close();
  return { answer, stderr, code };
}

Deno.test("http server: more idle connections than descriptors neither end `serve` nor keep others out", async () => {
  const { answer, stderr, code } = await underConnections(["serve", "--port", "0"]);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*ok\n$/);
  assert.equal(code, 0, stderr);
});

Deno.test("http server: nor do they end the recording of `monitor --ui`", async () => {
  const directory = await Deno.makeTempDir();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  try {
    const { answer, stderr, code } = await underConnections(
      ["monitor", "0", "1", "--ui", String(port), "--output-dir", directory],
    );
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.equal(code, 0, stderr);
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assert.ok(names.some((name) => name.endsWith("_summary.log")), `${names}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("http server: the soft limit of descriptors is raised as far as the hard one lets it", async () => {
  const { pid, stop } = await startUnder("ulimit -S -n 256 && ulimit -H -n 3000", ["serve", "--port", "0"]);
  const limits = Deno.readTextFileSync(`/proc/${pid}/limits`);
  await stop();
  assert.match(limits, /^Max open files +3000 +3000 /m);
});

for (const [name, protocol] of Object.entries(PROTOCOLS)) {
  Deno.test(`http: the length of a form reaches whoever bounds it (${name})`, async () => {
    const lengths: (string | null)[] = [];
    const server = serveHttp({
      hostname: "127.0.0.1",
      port: 0,
      handler: (request) => {
        lengths.push(request.headers.get("content-length"));
        return Promise.resolve(new Response("answer\n"));
      },
      report: (message) => assert.fail(message),
    }, protocol);
    await ask(server.port, "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\ntoken=abc");
    await server.close();
    assert.deepEqual(lengths, ["9"]);
  });
}
