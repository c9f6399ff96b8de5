/** Every way in which a server can fail, and what is said of it. */

import assert from "node:assert/strict";
import { PrometheusClient } from "../../fleet/client.ts";
import { parseServerUrl } from "../../fleet/server_url.ts";
import { FleetError } from "../../fleet/errors.ts";
import { failure, fakePrometheus, type Intercept, NO_DATA, success } from "./fake_prometheus.ts";

const RANGE = { query: "up", start_seconds: 0, end_seconds: 600, step_seconds: 60 };

async function ask(intercept: Intercept, more: { idle_seconds?: number; signal?: AbortSignal } = {}) {
  const server = fakePrometheus(NO_DATA, intercept);
  const client = new PrometheusClient({
    url: server.url,
    credentials: { headers: {}, client: null },
    signal: more.signal ?? new AbortController().signal,
    idle_seconds: more.idle_seconds ?? 5,
    reconnect_seconds: [0.01, 0.01],
  });
  try {
    const envelope = await client.queryRange(RANGE, () => {});
    return { envelope, error: null, asked: server.asked, url: server.url };
  } catch (error) {
    assert.ok(error instanceof FleetError, String(error));
    assert.ok(!error.message.includes("\n"), error.message);
    return { envelope: null, error, asked: server.asked, url: server.url };
  } finally {
    client.close();
    await server.close();
  }
}

const CASES: [name: string, answer: () => Response, kind: string, says: RegExp][] = [
  ["401", () => new Response("Unauthorized", { status: 401 }), "denied", /401.*--token-file/],
  ["403", () => new Response("no tenant", { status: 403 }), "denied", /403.*no tenant.*X-Scope-OrgID/],
  ["404", () => new Response("<html>", { status: 404 }), "no_api", /no Prometheus API at .*\/prometheus/],
  ["a page instead of an answer", () => new Response("<html>Grafana</html>"), "no_api", /no Prometheus API/],
  ["JSON of another kind", () => Response.json({ hello: 1 }), "no_api", /no Prometheus API/],
  [
    "a redirect",
    () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
    "no_api",
    /302, a redirect/,
  ],
  [
    "HTTP where HTTPS is spoken",
    () => new Response("Client sent an HTTP request to an HTTPS server.\n", { status: 400 }),
    "no_api",
    /it speaks HTTPS; write https:\/\//,
  ],
  ["a wrong query", () => failure(400, 'parse error: unexpected "}"'), "bad_query", /parse error/],
  ["VictoriaMetrics' wrong query", () => failure(422, "cannot parse selector"), "bad_query", /cannot parse/],
  [
    "too many points",
    () => failure(400, "exceeded maximum resolution of 11,000 points per timeseries"),
    "too_many_points",
    /maximum/,
  ],
  [
    "VictoriaMetrics' too many points",
    () => failure(422, "too many points for the given step"),
    "too_many_points",
    /points/,
  ],
  [
    "too many samples",
    () => failure(422, "query processing would load too many samples into memory"),
    "too_large",
    /samples/,
  ],
  [
    "VictoriaMetrics' limits",
    () => failure(422, "cannot select more than -search.maxSamplesPerQuery=1000 samples"),
    "too_large",
    /-search/,
  ],
  ["413", () => new Response("", { status: 413 }), "too_large", /413/],
  [
    "503 and a time-out",
    () => failure(503, "query timed out in expression evaluation"),
    "too_large",
    /timed out/,
  ],
  [
    "429",
    () => new Response("slow down", { status: 429, headers: { "retry-after": "7" } }),
    "busy",
    /429: slow down/,
  ],
  ["502", () => new Response("<html>Bad Gateway</html>", { status: 502 }), "busy", /502$/],
  ["504", () => new Response("", { status: 504 }), "busy", /504/],
  [
    "an error with status 200",
    () => Response.json({ status: "error", error: "timeout expired" }),
    "too_large",
    /timeout/,
  ],
  [
    "a text of megabytes",
    () => new Response("x".repeat(3_000_000), { status: 502 }),
    "busy",
    /502: x{200}…$/,
  ],
];

for (const [name, answer, kind, says] of CASES) {
  Deno.test(`fleet client: ${name}`, async () => {
    const { error, url } = await ask(() => answer());
    assert.equal(error?.kind, kind, error?.message);
    assert.match(error!.message, says);
    assert.ok(error!.message.includes(url));
    assert.ok(error!.message.length < 400);
  });
}

Deno.test("fleet client: Retry-After is handed on", async () => {
  const { error } = await ask(() => new Response("", { status: 429, headers: { "retry-after": "7" } }));
  assert.equal(error?.retry_after_seconds, 7);
});

Deno.test("fleet client: an answer that breaks off in its middle is too large, not a crash", async () => {
  const { error } = await ask(() =>
    new Response('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}')
  );
  assert.equal(error?.kind, "too_large");
  assert.match(error!.message, /broke off/);
});

Deno.test("fleet client: a server that says nothing is given up", async () => {
  const { error } = await ask(() => new Promise((resolve) => setTimeout(() => resolve(success([])), 1500)), {
    idle_seconds: 0.3,
  });
  assert.match(error!.message, /no response for 0.3 s/);
});

Deno.test("fleet client: nobody there is tried three times and told with its cause", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const client = new PrometheusClient({
    url: `http://127.0.0.1:${listener.addr.port}`,
    credentials: { headers: {}, client: null },
    signal: new AbortController().signal,
    reconnect_seconds: [0.01, 0.01],
  });
  await assert.rejects(client.queryRange(RANGE, () => {}), (error: FleetError) => {
    assert.equal(error.kind, "unreachable");
    assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+: Connection refused$/i);
    return true;
  });
  assert.equal(client.traffic.queries, 3);
});

Deno.test("fleet client: a kept connection that the server closed is asked again at once", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const serving = (async () => {
    for await (const connection of listener) {
      connections++;
      await connection.read(new Uint8Array(4096)).catch(() => null);
      if (connections === 3) {
        const body = '{"status":"success","data":{"resultType":"matrix","result":[]}}';
        await connection.write(
          new TextEncoder().encode(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
        );
      }
      connection.close();
      if (connections === 3) return;
    }
  })();
  const client = new PrometheusClient({
    url: `http://127.0.0.1:${listener.addr.port}`,
    credentials: { headers: {}, client: null },
    signal: new AbortController().signal,
    reconnect_seconds: [],
  });
  assert.equal((await client.queryRange(RANGE, () => {})).status, "success");
  await serving;
  assert.equal(connections, 3);
});

Deno.test("fleet client: an answer in part says so", async () => {
  const data = { resultType: "matrix", result: [] };
  const { envelope } = await ask(() => success(data, { isPartial: true, warnings: ["a store is down"] }));
  assert.ok(envelope!.is_partial);
  assert.deepEqual(envelope!.warnings, ["a store is down"]);
});

Deno.test("fleet client: asks by POST, with a time-out of its own and unpacked answers", async () => {
  const { asked } = await ask(() => success({ resultType: "matrix", result: [] }));
  assert.equal(asked[0]!.path, "/api/v1/query_range");
  assert.equal(asked[0]!.parameters.get("timeout"), "55s");
  assert.equal(asked[0]!.headers.get("accept-encoding"), "identity");
});

Deno.test("fleet client: addresses", () => {
  assert.equal(parseServerUrl("http://vm:8428/select/0/prometheus/"), "http://vm:8428/select/0/prometheus");
  assert.equal(parseServerUrl("https://prometheus.example"), "https://prometheus.example");
  assert.throws(
    () => parseServerUrl("http://anna:secret@vm:8428"),
    (error: Error) => !error.message.includes("secret"),
  );
  assert.throws(() => parseServerUrl("http://vm:8428/?a=b"), FleetError);
  assert.throws(() => parseServerUrl("http://"), FleetError);
});
