// A small service on Node: node server.mjs PORT WAY [BYTES [ENTRIES]]
import { EventEmitter } from "node:events";
import { createServer } from "node:http";

const [port, way, bytes = 4096, entries = 1000] = [
  process.argv[2],
  process.argv[3],
  ...process.argv.slice(4).map(Number),
];
const bus = new EventEmitter();
bus.setMaxListeners(0);
const orders = new Map(), buffers = [], cache = new Map();
let requests = 0;

const text = () =>
  "x".repeat(bytes / 2) + String.fromCharCode(97 + requests % 26).repeat(bytes / 2) + requests;
// A string built by concatenation holds its parts; a copy through a buffer is flat.
const flat = () => Buffer.from(text(), "latin1").toString("latin1");

const ways = {
  plain() {},
  map: () => orders.set(`order-${requests}`, { at: Date.now(), body: flat() }),
  listeners() {
    const body = flat();
    bus.on("change", () => body.length);
  },
  buffers: () => buffers.push(Buffer.alloc(bytes, requests)),
  /** Least recently used goes first. */
  lru() {
    cache.set(requests, flat());
    if (cache.size > entries) cache.delete(cache.keys().next().value);
  },
  /** Half of the requests repeat one of a thousand pages; the other half have a query of their own: each gets its entry. */
  "unbounded-cache"() {
    const url = requests % 2 ? `/page/${requests % 1000}` : `/search?q=${requests}`;
    if (!cache.has(url)) cache.set(url, flat());
  },
};

/** What a request leaves to the collector. */
function work() {
  const rows = Array.from(
    { length: 300 },
    (_, i) => ({ id: i, name: `row ${i} of ${requests}`, tags: [i, i * 2] }),
  );
  return JSON.parse(JSON.stringify(rows)).length;
}

createServer((_request, response) => {
  requests++;
  ways[way]();
  response.end(`${work()}\n`);
}).listen(Number(port), "127.0.0.1");
