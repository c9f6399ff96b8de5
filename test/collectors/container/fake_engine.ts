/** A container engine on a unix socket that answers as told: for the traps that real ones set. */

export type Answer =
  | { status?: number; headers?: string; json: unknown }
  | { status?: number; headers?: string; text: string }
  /** Raw bytes instead of an HTTP answer. */
  | { raw: string }
  /** Takes the question and never answers. */
  | "hang"
  /** Answers one byte at a time, for ever. */
  | "drip";

export interface FakeEngine {
  socket: string;
  /** Request lines seen, in order. */
  requests: string[];
  answers: Record<string, Answer>;
  close(): void;
}

/** Answers by path; a path without an answer gets 404. */
export function fakeEngine(answers: Record<string, Answer>): FakeEngine {
  const directory = Deno.makeTempDirSync();
  const socket = `${directory}/engine.sock`;
  const listener = Deno.listen({ transport: "unix", path: socket });
  const requests: string[] = [];
  const open = new Set<Deno.UnixConn>();
  const serve = async (connection: Deno.UnixConn) => {
    open.add(connection);
    try {
      const buffer = new Uint8Array(8192);
      const count = await connection.read(buffer) ?? 0;
      const line = new TextDecoder().decode(buffer.subarray(0, count)).split("\r\n")[0]!;
      requests.push(line);
      const answer = answers[line.split(" ")[1] ?? ""] ?? { status: 404, json: { message: "no such thing" } };
      const send = async (text: string) => {
        const bytes = new TextEncoder().encode(text);
        for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
      };
      if (answer === "hang") return;
      if (answer === "drip") {
        await send("HTTP/1.0 200 OK\r\n\r\n[");
        while (open.has(connection)) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          await send(" ");
        }
        return;
      }
      if ("raw" in answer) await send(answer.raw);
      else {
        const body = "json" in answer ? JSON.stringify(answer.json) : answer.text;
        await send(
          `HTTP/1.0 ${answer.status ?? 200} X\r\nServer: Fake\r\n${answer.headers ?? ""}\r\n${body}`,
        );
      }
      open.delete(connection);
      connection.close();
    } catch {
      open.delete(connection); // The other side hung up.
    }
  };
  (async () => {
    for await (const connection of listener) serve(connection);
  })();
  return {
    socket,
    requests,
    answers,
    close() {
      listener.close();
      for (const connection of open) {
        open.delete(connection);
        try {
          connection.close();
        } catch {
          // Closed by the other side.
        }
      }
      Deno.removeSync(directory, { recursive: true });
    },
  };
}
