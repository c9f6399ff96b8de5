// A process that looks like a Node: it answers SIGUSR1 by opening what looks like an inspector, and then misbehaves as its
// first argument says. Prints `ready` first, and `signal` for each SIGUSR1.
const { createHash } = require("node:crypto");
const http = require("node:http");

const [, , behaviour, port = "0"] = process.argv;
process.on("SIGUSR1", () => {
  console.log("signal");
  if (behaviour !== "own-handler") open();
});
setInterval(() => {}, 1000);
if (behaviour === "holds-port") open();
else console.log("ready");

function open() {
  const server = http.createServer((request, response) => {
    if (behaviour === "endless-list") {
      const write = () =>
        response.write(Buffer.alloc(1 << 16, 32)) ? setImmediate(write) : response.once("drain", write);
      return write();
    }
    if (behaviour === "redirects") return response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    const id = behaviour === "strange-id" ? "../../etc/passwd" : "0a1b2c3d";
    const url = `ws://192.0.2.1:9/${id}`;
    response.end(JSON.stringify(
      request.url === "/json/version"
        ? { Browser: "node.js/v20", "Protocol-Version": "1.1" }
        : [{ id, type: "node", title: "x", webSocketDebuggerUrl: url }],
    ));
  });
  server.on("upgrade", (request, socket) => {
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const accept = createHash("sha1").update(key).digest("base64");
    socket.write(
      `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => {});
    socket.on("data", (data) => answer(socket, server, data));
  });
  server.listen(Number(port), "127.0.0.1", () => console.log(`ready ${server.address().port}`));
}

/** Requests are short: one masked frame each, often several in one packet. */
function answer(socket, server, data) {
  for (let at = 0; at + 6 <= data.length;) {
    const [length, header] = (data[at + 1] & 127) === 126
      ? [data.readUInt16BE(at + 2), 4]
      : [data[at + 1] & 127, 2];
    const mask = data.subarray(at + header, at + header + 4);
    const body = data.subarray(at + header + 4, at + header + 4 + length).map((byte, index) =>
      byte ^ mask[index % 4]
    );
    at += header + 4 + length;
    if ((data[at - header - 4 - length] & 15) === 1) reply(socket, server, JSON.parse(body.toString()));
  }
}

function reply(socket, server, { id, method, params }) {
  if (/close\(\)/.test(params.expression ?? "")) {
    server.closeAllConnections();
    server.close();
    return socket.destroy();
  }
  if (method === "Runtime.evaluate") {
    return send(
      socket,
      JSON.stringify({ id, result: { result: { value: behaviour === "wrong-pid" ? 1 : process.pid } } }),
    );
  }
  switch (behaviour) {
    case "one-gigabyte":
      return socket.write(frameHeader(1, 2 ** 30)) && pour(socket, () => Buffer.alloc(1 << 16, 65));
    case "endless-fragments": {
      let first = true;
      return pour(socket, () => {
        const part = Buffer.concat([frameHeader(first ? 1 : 0, 1 << 16, false), Buffer.alloc(1 << 16, 65)]);
        first = false;
        return part;
      });
    }
    case "endless-messages":
      return pour(
        socket,
        () =>
          Buffer.concat([
            frameHeader(1, 1 << 16),
            Buffer.from(JSON.stringify({ method: "x".repeat((1 << 16) - 13) })),
          ]),
      );
    case "no-json":
      return send(socket, "<html>");
    case "no-object":
      return send(socket, "[1]");
    case "silent":
      return;
    case "dies":
      return process.exit(0);
    case "strange-profile": {
      if (method !== "HeapProfiler.getSamplingProfile") break;
      const deep = '{"selfSize":1,"children":['.repeat(50_000) + "]}".repeat(50_000);
      return send(socket, `{"id":${id},"result":{"profile":{"head":${deep}}}}`);
    }
  }
  send(socket, JSON.stringify({ id, result: { usedSize: 1e6 } }));
}

function frameHeader(opcode, length, isLast = true) {
  const header = Buffer.alloc(length < 126 ? 2 : 10);
  header[0] = (isLast ? 0x80 : 0) | opcode;
  header[1] = length < 126 ? length : 127;
  if (length >= 126) header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

function send(socket, text) {
  const body = Buffer.from(text);
  socket.write(Buffer.concat([frameHeader(1, body.length), body]));
}

function pour(socket, make) {
  const write = () =>
    !socket.destroyed && (socket.write(make()) ? setImmediate(write) : socket.once("drain", write));
  write();
}
