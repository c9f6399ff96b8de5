import assert from "node:assert/strict";
import { serveHttp } from "../../../cli/serve/http_server.ts";
import { programs } from "../../programs.ts";

const decoder = new TextDecoder();

/** Sends bytes as they are and reads until the server closes or the text says it is complete. */
async function ask(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await connection.write(new TextEncoder().encode(text));
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

/** What the handler would be asked to do by each request; nothing where it is refused before. */
async function seenBy(requests: readonly string[]): Promise<{ answers: string[]; seen: string[] }> {
  const seen: string[] = [];
  const server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    handler: (request, { remote_address }) => {
      seen.push(`${request.method} ${new URL(request.url).pathname} ${remote_address}`);
      return new Response("answer\n");
    },
    report: (message) => assert.fail(message),
  });
  try {
    const answers: string[] = [];
    for (const request of requests) answers.push((await ask(server.port, request)).split("\r\n")[0]!);
    return { answers, seen };
  } finally {
    await server.close();
  }
}

Deno.test("http server: what two readers could understand in two ways never reaches the handler", async () => {
  const { answers, seen } = await seenBy([
    "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://evil.example/absolute HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET //evil.example/authority HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /twice HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /none HTTP/1.1\r\n\r\n",
    "POST /both HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /lengths HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "GET /folded HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n\x00",
    "nonsense\r\n\r\n",
  ]);
  assert.deepEqual(seen.filter((each) => !each.includes("/folded")), ["GET /plain 127.0.0.1"]);
  assert.equal(answers[0], "HTTP/1.1 200 OK");
  for (const answer of answers.slice(1, 7)) assert.match(answer, /^$|^HTTP\/1\.1 400 /);
});

const CONNECTIONS = 400;

/** The program with room for far fewer descriptors than there are connections. */
async function underConnections(
  args: readonly string[],
): Promise<{ answer: string; stderr: string; code: number }> {
  const command = [...programs().at(-1)!.command, ...args];
  const child = new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 200 && exec "$0" "$@"', ...command],
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
  const open: Deno.TcpConn[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    open.push(
      await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => assert.fail(`ended: ${stderr}`)),
    );
  }
  const answer = await ask(port, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  child.kill("SIGTERM");
  const { code } = await child.status;
  await reading;
  for (const connection of open) connection.close();
  return { answer, stderr, code };
}

/** The bounds need Deno 2.9; the base runtime that CI compiles with is older (cli/serve/platform_server.ts). */
function isBounded(): boolean {
  const [program, ...args] = [...programs().at(-1)!.command, "--version"];
  const { stdout } = new Deno.Command(program!, { args }).outputSync();
  const [, major, minor] = /Deno (\d+)\.(\d+)/.exec(decoder.decode(stdout))!;
  return Number(major) > 2 || Number(minor) >= 9;
}
const ignore = !isBounded();
const needs = ignore ? " (skipped: the executable's runtime is older than Deno 2.9)" : "";

Deno.test({
  name:
    `http server: more idle connections than descriptors neither end \`serve\` nor keep others out${needs}`,
  ignore,
}, async () => {
  const { answer, stderr, code } = await underConnections(["serve", "--port", "0"]);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*ok\n$/);
  assert.equal(code, 0, stderr);
});

Deno.test({
  name: `http server: nor do they end the recording of \`monitor --ui\`${needs}`,
  ignore,
}, async () => {
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
