/**
 * One message to many viewers as server-sent events. A message is encoded once; a viewer whose connection has not taken
 * the last one gets none until it has, so that a viewer who stops reading costs one message and no more.
 */

const encoder = new TextEncoder();
/** Comments keep proxies and dead connections from going unnoticed. */
const HEARTBEAT = encoder.encode(": still here\n\n");
const HEARTBEAT_SECONDS = 15;
/** A page has one connection; a handful of people have a handful. */
const MOST_VIEWERS = 64;

interface Viewer {
  controller: ReadableStreamDefaultController<Uint8Array>;
  dropped: number;
}

export class Broadcast {
  readonly #viewers = new Set<Viewer>();
  readonly #timer: ReturnType<typeof setInterval>;
  #last: Uint8Array | null = null;

  constructor() {
    this.#timer = setInterval(() => this.#send(HEARTBEAT), HEARTBEAT_SECONDS * 1000);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** A new viewer gets the last message at once. Null: too many are connected. */
  subscribe(onLeave: () => void): ReadableStream<Uint8Array> | null {
    if (this.#viewers.size >= MOST_VIEWERS) return null;
    let viewer: Viewer;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        viewer = { controller, dropped: 0 };
        this.#viewers.add(viewer);
        // The page must not wait for the next sample to know that it is connected; it comes back by itself after 2 s.
        controller.enqueue(encoder.encode("retry: 2000\n\n"));
        if (this.#last) controller.enqueue(this.#last);
      },
      cancel: () => {
        this.#viewers.delete(viewer);
        onLeave();
      },
    }, { highWaterMark: 2 });
  }

  publish(event: string, json: string): void {
    // JSON.stringify leaves no line break in its output, so one data line is enough.
    this.#last = encoder.encode(`event: ${event}\ndata: ${json}\n\n`);
    this.#send(this.#last);
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.#timer);
    for (const { controller } of this.#viewers) {
      try {
        controller.close();
      } catch { /* it has left already */ }
    }
    this.#viewers.clear();
  }

  #send(bytes: Uint8Array): void {
    for (const viewer of this.#viewers) {
      if ((viewer.controller.desiredSize ?? 0) <= 0) viewer.dropped++;
      else viewer.controller.enqueue(bytes);
    }
  }
}
