import assert from "node:assert/strict";
import { PbfReader } from "pbf";
import { uncompress } from "snappyjs";
import { encodeWriteRequest } from "../../sinks/remote_write/encode.ts";
import { RemoteWriter } from "../../sinks/remote_write/mod.ts";
import { until } from "./make.ts";

interface Decoded {
  labels: [string, string][];
  /** Bits, since a marker of staleness is a NaN among others. */
  bits: string;
  milliseconds: number;
}

/** As prompb has it: WriteRequest.timeseries = 1; TimeSeries.labels = 1, samples = 2; Label 1, 2; Sample 1, 2. */
function decode(body: Uint8Array): Decoded[] {
  const reader = new PbfReader(uncompress(body));
  return reader.readFields((_tag, all: Decoded[], pbf) => {
    all.push(pbf.readMessage((tag, series: Decoded, inner) => {
      if (tag === 1) {
        series.labels.push(
          inner.readMessage((part, label: [string, string], text) => {
            label[part - 1] = text.readString();
          }, ["", ""]),
        );
      } else {
        inner.readMessage((part, one: Decoded, sample) => {
          if (part === 1) {
            one.bits = [sample.readFixed32(), sample.readFixed32()].map((half) => half.toString(16)).join(
              " ",
            );
          } else one.milliseconds = sample.readVarint();
        }, series);
      }
    }, { labels: [], bits: "", milliseconds: 0 }));
  }, []);
}

Deno.test("remote write: what is decoded is what was said; labels in order, empty ones left out, staleness as Prometheus marks it", () => {
  const decoded = decode(encodeWriteRequest([
    { labels: { name: "java", __name__: "rss", unit: "", bytes: 'é"\n' }, value: 1.5 },
    { labels: { __name__: "gone" }, value: null },
  ], 1_794_614_400_123));
  assert.deepEqual(decoded, [
    {
      labels: [["__name__", "rss"], ["bytes", 'é"\n'], ["name", "java"]],
      bits: "0 3ff80000",
      milliseconds: 1_794_614_400_123,
    },
    { labels: [["__name__", "gone"]], bits: "2 7ff00000", milliseconds: 1_794_614_400_123 },
  ]);
});

/** A server whose answers a test decides. */
function server(answer: (body: Uint8Array, request: Request) => Response) {
  const bodies: Decoded[][] = [], headers: Headers[] = [];
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    bodies.push(decode(body));
    headers.push(new Headers(request.headers));
    return answer(body, request);
  });
  return {
    url: `http://127.0.0.1:${http.addr.port}/api/v1/write`,
    bodies,
    headers,
    close: () => http.shutdown(),
  };
}

const named = (decoded: Decoded[]) =>
  decoded.map(({ labels, bits }) =>
    `${Object.fromEntries(labels)["__name__"]} ${bits.startsWith("2 7ff") ? "ends" : "is"}`
  );
const metric = (name: string, value = 1) => ({ name, labels: { pid: "7" }, value });

Deno.test("remote write: a series that is gone is ended, and all of them at the close", async () => {
  const http = server(() => new Response(null, { status: 204 }));
  const writer = new RemoteWriter({
    url: http.url,
    headers: { authorization: "Bearer t" },
    client: null,
    labels: { job: "leakwatch", instance: "db-7" },
  });
  writer.send([metric("a"), metric("b")], 1000);
  await until(() => http.bodies.length === 1);
  writer.send([metric("b")], 1015);
  await writer.close(1015.001, 5);
  assert.deepEqual(http.bodies.map(named), [["a is", "b is"], ["b is", "a ends"], ["b ends"]]);
  assert.deepEqual(Object.fromEntries(http.bodies[0]![0]!.labels), {
    __name__: "a",
    instance: "db-7",
    job: "leakwatch",
    pid: "7",
  });
  const [first] = http.headers;
  assert.equal(first!.get("authorization"), "Bearer t");
  assert.equal(first!.get("content-encoding"), "snappy");
  assert.equal(first!.get("x-prometheus-remote-write-version"), "0.1.0");
  await http.close();
});

Deno.test("remote write: what a server cannot take now waits in order; the oldest goes where there is no room", async () => {
  let isUp = false;
  const http = server(() => new Response(isUp ? null : "later", { status: isUp ? 204 : 503 }));
  const writer = new RemoteWriter({
    url: http.url,
    headers: {},
    client: null,
    labels: {},
    first_pause_seconds: 0.01,
    most: 3,
  });
  for (let i = 0; i < 50; i++) writer.send([metric(`m${i}`)], 1000 + i);
  assert.equal(http.bodies.length, 0, "nothing waited for the server");
  await until(() => writer.error() !== null);
  assert.match(writer.error()!.why, /^answered 503: later; \d+ requests? lost$/);
  http.bodies.length = 0;
  isUp = true;
  await until(() => http.bodies.length >= 3 && writer.error() === null);
  const seen = http.bodies.slice(-3).map((body) => body[0]!.milliseconds);
  assert.deepEqual(seen, [1_047_000, 1_048_000, 1_049_000]);
  await writer.close(1050, 5);
  await http.close();
});

Deno.test("remote write: what a server will never take is not sent again", async () => {
  const http = server(() => new Response("out of order sample", { status: 400 }));
  const writer = new RemoteWriter({
    url: http.url,
    headers: {},
    client: null,
    labels: {},
    first_pause_seconds: 0.01,
  });
  writer.send([metric("a")], 1000);
  await until(() => writer.error() !== null);
  assert.match(writer.error()!.why, /^answered 400: out of order sample; 1 request lost$/);
  await writer.close(1001, 5);
  assert.equal(http.bodies.length, 2, "the series, and its end");
  await http.close();
});
