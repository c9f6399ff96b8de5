import type { Alert } from "../../model/finding.ts";

export function makeAlert(more: Partial<Alert> = {}): Alert {
  return {
    rule: "leak",
    severity: "warning",
    state: "firing",
    subject: "java (812)",
    value: 96,
    threshold: 10,
    message: "java (812) leaks 96 MiB/h",
    next_step: "jcmd 812 GC.heap_info",
    since: "2026-11-20T12:00:00Z",
    id: "leak/812:4471/1",
    ...more,
  };
}

/** Waits until it holds; fails after twenty seconds. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!await holds()) {
    if (Date.now() > end) throw new Error("did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Receiver {
  url: string;
  /** Bodies of requests, parsed. */
  // deno-lint-ignore no-explicit-any
  bodies: any[];
  headers: Headers[];
  close(): Promise<void>;
}

/** An HTTP server that answers with the statuses in turn, the last one for ever; a function may take its time. */
export function receiver(...answers: (number | (() => Promise<number>))[]): Receiver {
  const bodies: unknown[] = [];
  const headers: Headers[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    headers.push(request.headers);
    bodies.push(await request.json());
    const answer = answers.length > 1 ? answers.shift()! : answers[0] ?? 200;
    const status = typeof answer === "number" ? answer : await answer();
    return new Response("", { status });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, bodies, headers, close: () => server.shutdown() };
}
